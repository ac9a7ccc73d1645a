// Serves web configuration files with Prometheus' exporter-toolkit, for comparison.
//
// Usage: exporter-toolkit FILE...
//
// Prints one line of JSON for each file: {"file": …, "address": …} when it is
// served, {"file": …, "error": …} when it is refused. Serves until it is killed.
package main

import (
	"encoding/json"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/prometheus/exporter-toolkit/web"
)

type verdict struct {
	File    string `json:"file"`
	Address string `json:"address,omitempty"`
	Error   string `json:"error,omitempty"`
}

// acceptingListener says when the server begins to accept connections.
type acceptingListener struct {
	net.Listener
	once      sync.Once
	accepting chan struct{}
}

func (l *acceptingListener) Accept() (net.Conn, error) {
	l.once.Do(func() { close(l.accepting) })
	return l.Listener.Accept()
}

func handler() http.Handler {
	mux := http.NewServeMux()
	for _, path := range []string{"/{$}", "/metrics", "/healthz", "/readyz"} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("ok"))
		})
	}
	return mux
}

func serve(file string) verdict {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return verdict{File: file, Error: err.Error()}
	}
	accepting := &acceptingListener{Listener: listener, accepting: make(chan struct{})}
	failed := make(chan error, 1)
	go func() {
		flags := &web.FlagConfig{WebConfigFile: &file}
		server := &http.Server{Handler: handler(), ErrorLog: log.New(io.Discard, "", 0)}
		failed <- web.Serve(accepting, server, flags, slog.New(slog.DiscardHandler))
	}()
	select {
	case err := <-failed:
		return verdict{File: file, Error: err.Error()}
	case <-accepting.accepting:
		return verdict{File: file, Address: listener.Addr().String()}
	}
}

func main() {
	output := json.NewEncoder(os.Stdout)
	for _, file := range os.Args[1:] {
		if err := output.Encode(serve(file)); err != nil {
			os.Exit(1)
		}
	}
	select {}
}
