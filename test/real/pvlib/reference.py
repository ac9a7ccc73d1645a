"""What pvlib says of sun, irradiance and power: JSON with places, planes and times on standard input, arrays as JSON out."""

import json
import sys

import pandas
from pvlib import inverter, irradiance, pvsystem, temperature
from pvlib.location import Location

given = json.load(sys.stdin)
times = pandas.to_datetime(given["times"], unit="ms", utc=True)


def listed(values):
    return [round(float(value), 6) for value in values]


def of_plane(plane, sun, sky):
    poa = irradiance.get_total_irradiance(
        plane["tilt"],
        plane["azimuth"],
        sun["apparent_zenith"],
        sun["azimuth"],
        sky["dni"],
        sky["ghi"],
        sky["dhi"],
        albedo=0.2,
        model="isotropic",
    )["poa_global"]
    cell = temperature.faiman(poa, plane["air"], plane["wind"])
    dc = pvsystem.pvwatts_dc(poa, cell, plane["rated"], plane["coefficient"]) * (1 - plane["losses"])
    ac = inverter.pvwatts(dc, plane["acLimit"] / 0.96, eta_inv_nom=0.96)
    return {"irradiance": listed(poa), "dc": listed(dc), "ac": listed(ac)}


def of_place(place):
    location = Location(place["latitude"], place["longitude"], "UTC", place["altitude"])
    sun = location.get_solarposition(times)
    sky = location.get_clearsky(times, model="ineichen", linke_turbidity=place["turbidity"], solar_position=sun)
    return {
        "zenith": listed(sun["zenith"]),
        "apparentZenith": listed(sun["apparent_zenith"]),
        "azimuth": listed(sun["azimuth"]),
        "global": listed(sky["ghi"]),
        "direct": listed(sky["dni"]),
        "diffuse": listed(sky["dhi"]),
        "planes": [of_plane(plane, sun, sky) for plane in given["planes"]],
    }


json.dump([of_place(place) for place in given["places"]], sys.stdout)
