package psrp_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/clixml"
	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/internal/psrp/outofprocess"
)

// otherwise lists the recordings in which our client gives its caller another result than the real
// client does, and why that is right.
var otherwise = map[string]string{
	"06-streams":                                    "the text of an object in an information record is made by the client's formatter; ours has none",
	"13-pipeline-input-hand-made":                   "the server waits for input that ours never sends",
	"15-close-while-running":                        "closing is not stopping: ours says of a command that ran then that its outcome is unknown",
	"17-init-twice":                                 "the server ended what it was after a second opening that ours never sends",
	"18-data-before-commandack":                     "the server answered to data that came before its acknowledgement of the command; ours waits for it",
	"18-end-of-input-while-running":                 "the server stopped the pipeline when its input ended, which ours does only to close",
	"18-second-pool-after-close":                    "ours opens one pool in one process",
	"26-client-and-odd-server-no-closeack-pipeline": "the real client waits for the acknowledgement of Close; ours tells the result with the last word",
}

// TestTheClientTellsWhatTheRealClientTold plays the server's half of recorded conversations of
// the real engine to our client. Our client does not send what the real client sent, because it
// has no scripts, no host and no pipeline input. But from the same answers it must give its
// caller the same results.
func TestTheClientTellsWhatTheRealClientTold(t *testing.T) {
	if os.Getenv(recordings) != "" {
		t.Attr("case", "The PowerShell Remoting client tells what the real client told of the same recorded answers")
		t.Attr("with", "psrp-recordings")
	}
	for _, folder := range folders(t) {
		all := names(t, folder)
		var mu sync.Mutex
		pipelines, different := 0, map[string]string{}
		var replays sync.WaitGroup
		places := make(chan struct{}, 24) // a replay spends most of its time waiting
		for _, name := range all {
			places <- struct{}{}
			replays.Go(func() {
				defer func() { <-places }()
				n, diff := replay(t, folder, name)
				mu.Lock()
				defer mu.Unlock()
				pipelines += n
				if diff != "" {
					different[name] = diff
				}
			})
		}
		replays.Wait()
		for _, name := range slices.Sorted(maps.Keys(different)) {
			if why := otherwise[name]; why != "" {
				t.Logf("%s: differs on purpose: %s", name, why)
				continue
			}
			t.Errorf("%s:\n%s", name, different[name])
		}
		t.Logf("%s: %d conversations replayed with %d pipelines, %d the same, %d different",
			folder, len(all), pipelines, len(all)-len(different), len(different))
	}
}

// replay plays one conversation. It gives the number of pipelines and the differences.
func replay(t *testing.T, folder, name string) (int, string) {
	t.Helper()
	s := scriptOf(conversation(t, folder, name))
	expected, opened := expectations(t, folder, name, s.started)
	opens := opened != "Broken" && opened != "Opening" && poolOpened(t, folder, name)
	fromClient, toServer := io.Pipe()
	fromServer, toClient := io.Pipe()
	go s.play(fromClient, toClient)
	defer fromServer.Close()
	session, err := psrp.Open(t.Context(), psrp.Target{
		Host: "the recording", Transport: outofprocess.New(fromServer, toServer), Room: outofprocess.Room,
	}, patience(poolOf(t, folder, name), opens))
	switch {
	case err == nil && !opens:
		return 0, "the session was opened and the recorded one was not"
	case err != nil && opens:
		return 0, fmt.Sprintf("open: %v", err)
	case err != nil:
		return 0, ""
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = session.Close(ctx) // if the server ended in the recording, it cannot answer
	}()
	ran := 0
	var differences []string
	for i, e := range expected {
		ran++
		got := call(t, session, e, s.stopped[e.id], otherwise[name] != "")
		if diff := compare(e, got); diff != "" {
			differences = append(differences, fmt.Sprintf("pipeline %d (-real +ours):\n%s", i, diff))
		}
		if got.State == unknown {
			break // our session ends here, the real client's pool may have lived on
		}
	}
	return ran, strings.Join(differences, "\n")
}

// patience gives the time limit for opening: short where the recorded pool never opens.
func patience(pool message.ID, opens bool) psrp.Options {
	o := psrp.Options{Pool: pool}
	o.StartTimeout = time.Minute
	if !opens {
		o.StartTimeout = 300 * time.Millisecond
	}
	return o
}

// call runs one pipeline. Its command does not matter, as the recorded answers are the same for
// any.
func call(t *testing.T, session *psrp.Session, e expectation, stop, differs bool) told {
	t.Helper()
	limit := time.Minute
	switch {
	case e.wanted.State == unknown:
		limit = 300 * time.Millisecond
	case differs:
		limit = 2 * time.Second
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	var records []psrp.Record
	p, err := session.Start(ctx, psrp.Command{Name: "Recorded", ID: e.id, Tell: func(r psrp.Record) { records = append(records, r) }})
	if err == nil && stop {
		_ = p.Stop(ctx) // Wait gives the outcome
	}
	if fault.Is(err, fault.Busy) { // on a busy machine the call before gives its turn late
		return call(t, session, e, stop, differs)
	}
	var outcome psrp.Outcome
	if err == nil {
		outcome, err = p.Wait(ctx)
	}
	if outcome.State == 0 {
		if kind := fault.KindOf(err); kind != fault.OutcomeUnknown && kind != fault.Unreachable {
			t.Errorf("a call ended with %v", err)
		}
		return told{State: unknown}
	}
	return ours(outcome, records)
}

func compare(e expectation, got told) string {
	if !e.whole {
		got = told{State: got.State, Count: got.Count}
	}
	if kept := len(e.wanted.Output); kept < len(got.Output) {
		got.Output = got.Output[:kept] // the recorder kept only the beginning of long lists
	}
	return cmp.Diff(e.wanted, got, cmpopts.EquateEmpty())
}

// poolOpened reports whether the recorded server opened its pool.
func poolOpened(t *testing.T, folder, name string) bool {
	t.Helper()
	return slices.ContainsFunc(linesOf[decoded](t, folder+"/"+name+".decoded.jsonl"), func(d decoded) bool {
		v, _ := clixml.Read(d.XML)
		state, _, _ := message.ReadPoolState(v)
		return d.Name == "RUNSPACEPOOL_STATE" && d.Destination == "client" && state == message.PoolOpened
	})
}

// poolOf gives the pool's id in the conversation.
func poolOf(t *testing.T, folder, name string) message.ID {
	t.Helper()
	for _, d := range linesOf[decoded](t, folder+"/"+name+".decoded.jsonl") {
		if d.Destination == "server" && d.RPID != "" {
			id, err := message.ParseID(d.RPID)
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
	}
	return message.NewID()
}
