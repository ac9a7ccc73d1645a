// Serves series with Prometheus' client_golang, for comparison.
//
// Usage: client-golang const|vectors
//
// Prints the address that it listens on. POST /series sets what is served, POST
// /values changes all values, GET /allocated tells how many bytes were allocated
// since the start. Ends with its standard input, so that it never outlives the
// program that started it.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type metric struct {
	Name       string     `json:"name"`
	Kind       string     `json:"kind"`
	Help       string     `json:"help"`
	LabelNames []string   `json:"labelNames"`
	Labels     [][]string `json:"labels"`
}

// A peer holds the series in one of the ways that client_golang offers.
type peer interface {
	prometheus.Collector
	set(values []float64)
}

// constPeer makes its metrics at each scrape, as the guide to writing exporters
// asks of programs that expose what another system measured.
type constPeer struct {
	mutex   sync.Mutex
	metrics []metric
	descs   []*prometheus.Desc
	values  []float64
}

func newConstPeer(metrics []metric) peer {
	p := &constPeer{metrics: metrics}
	for _, m := range metrics {
		p.descs = append(p.descs, prometheus.NewDesc(m.Name, m.Help, m.LabelNames, nil))
	}
	return p
}

func (p *constPeer) Describe(descs chan<- *prometheus.Desc) {
	for _, desc := range p.descs {
		descs <- desc
	}
}

func (p *constPeer) Collect(metrics chan<- prometheus.Metric) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	next := 0
	for i, m := range p.metrics {
		kind := prometheus.GaugeValue
		if m.Kind == "counter" {
			kind = prometheus.CounterValue
		}
		for _, labels := range m.Labels {
			metrics <- prometheus.MustNewConstMetric(p.descs[i], kind, p.values[next], labels...)
			next++
		}
	}
}

func (p *constPeer) set(values []float64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.values = values
}

// vectorPeer keeps its metrics between scrapes, as a program does that measures
// itself. Counters are gauges: a counter of this library cannot be set.
type vectorPeer struct {
	metrics []metric
	vectors []*prometheus.GaugeVec
}

func newVectorPeer(metrics []metric) peer {
	p := &vectorPeer{metrics: metrics}
	for _, m := range metrics {
		opts := prometheus.GaugeOpts{Name: m.Name, Help: m.Help}
		p.vectors = append(p.vectors, prometheus.NewGaugeVec(opts, m.LabelNames))
	}
	return p
}

func (p *vectorPeer) Describe(descs chan<- *prometheus.Desc) {
	for _, vector := range p.vectors {
		vector.Describe(descs)
	}
}

func (p *vectorPeer) Collect(metrics chan<- prometheus.Metric) {
	for _, vector := range p.vectors {
		vector.Collect(metrics)
	}
}

func (p *vectorPeer) set(values []float64) {
	next := 0
	for i, m := range p.metrics {
		for _, labels := range m.Labels {
			p.vectors[i].WithLabelValues(labels...).Set(values[next])
			next++
		}
	}
}

// server takes series and values and hands them to the peer.
type server struct {
	makePeer func([]metric) peer
	registry *prometheus.Registry
	peer     peer
}

func (s *server) takeSeries(w http.ResponseWriter, r *http.Request) {
	var metrics []metric
	if err := json.NewDecoder(r.Body).Decode(&metrics); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.peer = s.makePeer(metrics)
	s.registry.MustRegister(s.peer)
}

func (s *server) takeValues(w http.ResponseWriter, r *http.Request) {
	var values []float64
	if err := json.NewDecoder(r.Body).Decode(&values); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.peer.set(values)
}

func allocated(w http.ResponseWriter, _ *http.Request) {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Fprint(w, stats.TotalAlloc)
}

func main() {
	ways := map[string]func([]metric) peer{"const": newConstPeer, "vectors": newVectorPeer}
	if len(os.Args) != 2 || ways[os.Args[1]] == nil {
		log.Fatal("usage: client-golang const|vectors")
	}
	s := &server{makePeer: ways[os.Args[1]], registry: prometheus.NewRegistry()}
	http.Handle("GET /metrics", promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{}))
	http.HandleFunc("POST /series", s.takeSeries)
	http.HandleFunc("POST /values", s.takeValues)
	http.HandleFunc("GET /allocated", allocated)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	fmt.Printf("http://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
