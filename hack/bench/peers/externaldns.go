package peers

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
)

// external is the program of hack/peers. It uses external-dns' provider in the way
// external-dns' own controller does. It measures its own time, without the start of
// the process.
type external struct {
	process *exec.Cmd
	ask     io.WriteCloser
	answers *bufio.Reader
}

// record and result are those of the program's protocol.
type record struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	TTL    uint32   `json:"ttl"`
	Values []string `json:"values"`
}

type result struct {
	Seconds float64 `json:"seconds"`
	Error   string  `json:"error"`
}

// externalDNS makes contestants that run with external-dns' own flags.
func externalDNS(program string, more ...string) func(string) (syncer, error) {
	return func(address string) (syncer, error) {
		server, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		flags := append([]string{"--provider=rfc2136", "--source=service", "--policy=upsert-only", "--managed-record-types=A", "--managed-record-types=SRV",
			"--rfc2136-host=" + server, "--rfc2136-port=" + port, "--rfc2136-zone=" + zone, "--rfc2136-axfr",
			"--rfc2136-tsig-keyname=" + keyName, "--rfc2136-tsig-secret-alg=hmac-sha256", "--domain-filter=" + zone}, more...)
		cmd := exec.Command(program, flags...)
		cmd.Env, cmd.Stderr = append(os.Environ(), "EXTERNAL_DNS_RFC2136_TSIG_SECRET="+keySecret), os.Stderr
		e := &external{process: cmd}
		if e.ask, err = cmd.StdinPipe(); err != nil {
			return nil, err
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return nil, err
		}
		e.answers = bufio.NewReader(out)
		return e, cmd.Start()
	}
}

func (e *external) close() {
	_ = e.ask.Close()
	_ = e.process.Wait()
}

func (e *external) sync(_ context.Context, wants ...[]dns.RRSet) (time.Duration, error) {
	var request struct {
		Controllers [][]record `json:"controllers"`
	}
	for _, want := range wants {
		records := make([]record, len(want))
		for i, s := range want {
			records[i] = record{s.Name, string(s.Type), s.TTL, s.Data}
		}
		request.Controllers = append(request.Controllers, records)
	}
	if err := json.NewEncoder(e.ask).Encode(request); err != nil {
		return 0, err
	}
	line, err := e.answers.ReadBytes('\n')
	if err != nil {
		return 0, fmt.Errorf("the program ended: %w", err)
	}
	var results []result
	if err := json.Unmarshal(line, &results); err != nil {
		return 0, err
	}
	var slowest float64
	for _, r := range results {
		if r.Error != "" {
			return 0, errors.New(r.Error)
		}
		slowest = max(slowest, r.Seconds)
	}
	return time.Duration(slowest * float64(time.Second)), nil
}
