package hostile_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// freeAddress gives an address that nobody listens on.
func freeAddress(s *scene) string {
	s.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// goroutines is how many goroutines the manager has.
func (s *scene) goroutines() int {
	s.Helper()
	asking := http.Client{Timeout: 10 * time.Second}
	response, err := asking.Get("http://" + s.metrics + "/metrics")
	s.must(err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	s.must(err)
	for line := range strings.Lines(string(text)) {
		n := 0
		if found, _ := fmt.Sscanf(line, "go_goroutines %d", &n); found == 1 {
			return n
		}
	}
	s.Fatal("the manager shows no go_goroutines")
	return 0
}
