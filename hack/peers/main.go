// Command peers runs external-dns' rfc2136 provider for a comparison with fedroute.
// It reads one request per line from standard input and writes one answer per line.
// Its arguments are external-dns' own flags.
//
// It is a module of its own, so that fedroute does not get external-dns'
// dependencies.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	log "github.com/sirupsen/logrus"
)

// request is one task. Every list of records is the source of one controller, and
// all controllers synchronize at the same time.
type request struct {
	Controllers [][]record `json:"controllers"`
}

// record is one wanted set.
type record struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	TTL    int64    `json:"ttl"`
	Values []string `json:"values"`
}

// maxLine is the largest request in bytes, room for some thousand records.
const maxLine = 4 << 20

func main() {
	log.SetOutput(io.Discard)
	if err := serve(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func serve(flags []string, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	answers := json.NewEncoder(out)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return err
		}
		results, err := synchronize(flags, r.Controllers)
		if err != nil {
			return err
		}
		if err := answers.Encode(results); err != nil {
			return err
		}
	}
	return lines.Err()
}

// synchronize starts one controller for each source. All run once, at the same time.
func synchronize(flags []string, sources [][]record) ([]result, error) {
	controllers := make([]*controller, len(sources))
	for i := range sources {
		var err error
		if controllers[i], err = newController(flags); err != nil {
			return nil, err
		}
	}
	results := make([]result, len(sources))
	var all sync.WaitGroup
	for i, c := range controllers {
		all.Go(func() { results[i] = c.runOnce(context.Background(), endpoints(sources[i])) })
	}
	all.Wait()
	return results, nil
}
