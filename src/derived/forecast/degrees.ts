const RAD = Math.PI / 180;

/** Sine, cosine and tangent of degrees. */
export const sin = (degrees: number) => Math.sin(degrees * RAD);
export const cos = (degrees: number) => Math.cos(degrees * RAD);
export const tan = (degrees: number) => Math.tan(degrees * RAD);

/** Degrees of an angle given by its sine and cosine, from 0 to 360. */
export const angleOf = (sine: number, cosine: number) => (Math.atan2(sine, cosine) / RAD + 360) % 360;
