// Package psrp_test compares the PowerShell Remoting client over WSMan with recorded
// answers of a real Windows.
package psrp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/message"
)

// recordings names the folder with conversations of a real Windows.
const recordings = "FEDROUTE_WINDOWS_RECORDINGS"

// otherwise lists the recordings whose end the client cannot reach, with the reason for
// each.
var otherwise = map[string]string{
	"test_psrp_nested_command": "the recorded client never asks for the output of its first command, so there is no answer to play",
}

// TestTheClientUnderstandsWindows runs the commands of each recording again. The client's
// requests differ from the recorded ones, because it has no scripts. Windows' answers are
// the same, and each pipeline must end as it did in the recording.
func TestTheClientUnderstandsWindows(t *testing.T) {
	folder := os.Getenv(recordings)
	if folder == "" {
		t.Logf("NOT JUDGED by a real Windows: %s names no folder", recordings)
		return
	}
	judged(t, "understands every answer that a real Windows gave")
	files, err := filepath.Glob(filepath.Join(folder, "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s (%v)", folder, err)
	}
	replayed, pipelines, different := 0, 0, 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yml")
		exchanges := recording(t, file)
		pool, configuration, ids := commands(t, exchanges)
		if !slices.ContainsFunc(exchanges, func(e exchange) bool { return strings.Contains(e.Request, "creationXml") }) {
			continue // a remote shell: the worker's
		}
		replayed++
		n, err := replay(t, exchanges, pool, configuration, ids)
		pipelines += n
		switch why := otherwise[name]; {
		case err == nil:
		case why != "":
			different++
			t.Logf("%s: differs on purpose: %s", name, why)
		default:
			different++
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Logf("%d conversations replayed with %d pipelines, %d the same, %d different", replayed, pipelines, replayed-different, different)
}

func replay(t *testing.T, exchanges []exchange, pool message.ID, configuration string, ids []message.ID) (int, error) {
	t.Helper()
	h := serve(t, exchanges)
	options := psrp.Options{Pool: pool}
	options.StartTimeout = 30 * time.Second
	s, err := psrp.Dial(t.Context(), h.endpoint(), configuration, credentials, options)
	if err != nil {
		return 0, err
	}
	for i, id := range ids {
		outcome, err := s.Call(t.Context(), psrp.Command{Name: "Recorded", ID: id, Limit: 30 * time.Second})
		if outcome.State == 0 {
			return i, err
		}
		if err != nil && !fault.Is(err, fault.Failed) {
			return i, err
		}
	}
	err = s.Close(t.Context())
	h.mu.Lock()
	defer h.mu.Unlock()
	if want := "http://schemas.microsoft.com/powershell/" + configuration; h.resource != want {
		return len(ids), fmt.Errorf("the client asked %s, want %s", h.resource, want)
	}
	return len(ids), err
}

// judged announces a case of the recordings.
func judged(t *testing.T, what string) {
	t.Helper()
	t.Attr("case", "The PowerShell Remoting client over WSMan "+what)
	t.Attr("with", "windows-recordings")
}

// jea is the recording with a JEA configuration.
func jea(t *testing.T) []exchange {
	t.Helper()
	folder := os.Getenv(recordings)
	if folder == "" {
		t.Logf("NOT JUDGED by a real Windows: %s names no folder", recordings)
		return nil
	}
	return recording(t, filepath.Join(folder, "test_psrp_with_jea_configuration.yml"))
}

// TestAWarmCallCostsThreeRequests counts the requests of a call in the JEA conversation.
// They are Command, Receive and Signal, on two connections that were open already.
func TestAWarmCallCostsThreeRequests(t *testing.T) {
	exchanges := jea(t)
	if exchanges == nil {
		return
	}
	judged(t, "spends three requests on a warm call in a session configuration of a real Windows")
	pool, configuration, ids := commands(t, exchanges)
	h := serve(t, exchanges)
	meter := &counting{}
	options := psrp.Options{Pool: pool}
	options.Meter = meter
	s, err := psrp.Dial(t.Context(), h.endpoint(), configuration, credentials, options)
	if err != nil {
		t.Fatal(err)
	}
	opened, connections := meter.requests.Load(), meter.connections.Load()
	for _, id := range ids {
		if _, err := s.Call(t.Context(), psrp.Command{Name: "Recorded", ID: id}); err != nil && !fault.Is(err, fault.Failed) {
			t.Fatal(err)
		}
	}
	want := int64(3 * len(ids))
	for deadline := time.Now().Add(5 * time.Second); meter.requests.Load()-opened < want && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond) // the client frees the last command after its caller has the answer
	}
	calls := meter.requests.Load() - opened
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if calls != want || meter.connections.Load() != connections || connections != 2 {
		t.Errorf("%d warm calls cost %d requests and %d new connections (opening: %d on %d); want %d requests, no connection",
			len(ids), calls, meter.connections.Load()-connections, opened, connections, want)
	}
	t.Logf("opening: %d requests on %d connections; %d warm calls: %d requests", opened, connections, len(ids), calls)
}

// TestASessionIsResumed disconnects while a command runs. Another session then reads how
// the command ended. The answers are those of a real Windows.
func TestASessionIsResumed(t *testing.T) {
	folder := os.Getenv(recordings)
	if folder == "" {
		t.Logf("NOT JUDGED by a real Windows: %s names no folder", recordings)
		return
	}
	judged(t, "takes up a command that another one had started on a real Windows")
	exchanges := recording(t, filepath.Join(folder, "test_psrp_disconnected_commands.yml"))
	pool, configuration, ids := commands(t, exchanges)
	h := serve(t, exchanges)
	s, err := psrp.Dial(t.Context(), h.endpoint(), configuration, credentials, psrp.Options{Pool: pool})
	if err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	later := h.answers["Receive "+ids[0].String()+" in "+pool.String()]
	h.mu.Unlock()
	if len(later) == 0 {
		t.Fatal("the recording has no output of the command")
	}
	p, err := s.Start(t.Context(), psrp.Command{Name: "Recorded", ID: ids[0]})
	if err != nil {
		t.Fatal(err)
	}
	ticket := p.Ticket()
	if err := s.Disconnect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Call(t.Context(), psrp.Command{Name: "Other"}); !fault.Is(err, fault.Unreachable) {
		t.Errorf("a call after disconnecting: %v, want Unreachable", err)
	}
	// The host gives the second session the answers that the first one read meanwhile.
	h.again("Receive "+ids[0].String()+" in "+pool.String(), later)

	again, resumed, err := psrp.Resume(t.Context(), h.endpoint(), ticket, credentials, psrp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := resumed.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range outcome.Output {
		got = append(got, v.String())
	}
	if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" || outcome.State != message.Completed {
		t.Errorf("the resumed command: %v (-want +got):\n%s", outcome.State, diff)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := again.Close(ctx); err != nil {
		t.Error(err)
	}
}
