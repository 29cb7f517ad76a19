//go:build interop

package psrp_test

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/internal/psrp/outofprocess"
)

// psrpcore opens a session of the product's client with the server of psrpcore.
func psrpcore(t *testing.T) *psrp.Session {
	t.Helper()
	cmd := exec.Command(python(t), "serve.py")
	var said bytes.Buffer
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("serve.py said: %s", said.String())
		}
	})
	s, err := psrp.Open(t.Context(), psrp.Target{Host: "psrpcore", Transport: outofprocess.New(out, in), Room: outofprocess.Room}, psrp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestPsrpcoreAnswersTheClient(t *testing.T) {
	judged := func(t *testing.T, what string) {
		t.Helper()
		t.Attr("case", "psrpcore as a server answers the PowerShell Remoting client: "+what)
		t.Attr("with", "pypi:psrpcore")
	}
	t.Run("values", func(t *testing.T) {
		judged(t, "strings, lists, numbers and $null go there and back, in many fragments")
		s := psrpcore(t)
		long := strings.Repeat("ü€😀_x0041_<&>\"'\r\n\x01", 20_000)
		for value, want := range map[any][]string{"a b": {"a b"}, long: {long}, 7: {"7"}, true: {"true"}} {
			outcome, err := s.Call(t.Context(), psrp.Command{Name: "Echo", Parameters: []psrp.Parameter{{Name: "Value", Value: value}}, Limit: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range outcome.Output {
				got = append(got, v.String())
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%.600s", diff)
			}
		}
	})
	t.Run("error", func(t *testing.T) {
		judged(t, "an error record and a warning")
		s := psrpcore(t)
		outcome, err := s.Call(t.Context(), psrp.Command{Name: "Fail", Limit: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		want := psrp.Outcome{State: message.Completed, Warnings: []string{"careful"}, Errors: []*psrp.ErrorRecord{
			{ID: "Demo.Soft,Fail", Category: "InvalidData", Message: "broken", Exception: "System.Exception", Target: "t"},
		}}
		if diff := cmp.Diff(want, outcome); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("stop", func(t *testing.T) {
		judged(t, "a command that is stopped, and the next one")
		s := psrpcore(t)
		p, err := s.Start(t.Context(), psrp.Command{Name: "Wait"})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		outcome, err := p.Wait(t.Context())
		if record, ok := errors.AsType[*psrp.ErrorRecord](err); !ok || record.ID != "PipelineStopped" || outcome.State != message.Stopped {
			t.Errorf("the stopped command: %+v, %v", outcome, err)
		}
		if _, err := s.Call(t.Context(), psrp.Command{Name: "Echo", Parameters: []psrp.Parameter{{Name: "Value", Value: "on"}}, Limit: time.Minute}); err != nil {
			t.Error(err)
		}
	})
}
