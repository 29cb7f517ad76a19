package winrm

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/internal/remote"
)

// recordings names the folder with conversations of a real Windows.
const recordings = "FEDROUTE_WINDOWS_RECORDINGS"

// exchanged is one request of a recording and the answer of a real Windows.
type exchanged struct {
	Request, Response string
}

// shellsOf reads the recordings of remote shells, by name. They judge what is said.
func shellsOf(t *testing.T, judging string) map[string][]exchanged {
	t.Helper()
	folder := os.Getenv(recordings)
	if folder == "" {
		t.Logf("NOT JUDGED by a real Windows: %s names no folder", recordings)
		return nil
	}
	t.Attr("case", judging)
	t.Attr("with", "windows-recordings")
	files, err := filepath.Glob(filepath.Join(folder, "test_winrs_*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s (%v)", folder, err)
	}
	all := map[string][]exchanged{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var r struct{ Messages []exchanged }
		if err := yaml.Unmarshal(text, &r); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".yml")] = r.Messages
	}
	return all
}

// spoken holds the parts of an envelope that are compared.
type spoken struct {
	Action  string `xml:"Header>Action"`
	Shell   string `xml:"Header>SelectorSet>Selector"`
	Opened  string `xml:"Body>Shell>ShellId"`
	Started string `xml:"Body>CommandResponse>CommandId"`
	Receive struct {
		Command string `xml:"CommandId,attr"`
	} `xml:"Body>Receive>DesiredStream"`
	Send struct {
		Command string `xml:"CommandId,attr"`
		Data    string `xml:",chardata"`
	} `xml:"Body>Send>Stream"`
	Streams []struct {
		Name string `xml:"Name,attr"`
		Data string `xml:",chardata"`
	} `xml:"Body>ReceiveResponse>Stream"`
	State struct {
		State string `xml:"State,attr"`
		Exit  int    `xml:"ExitCode"`
	} `xml:"Body>ReceiveResponse>CommandState"`
	Fault struct {
		Code string `xml:"Code,attr"`
	} `xml:"Body>Fault>Detail>WSManFault"`
}

func hear(t *testing.T, envelope string) (s spoken, verb string) {
	t.Helper()
	if err := xml.Unmarshal([]byte(envelope), &s); err != nil {
		t.Errorf("%v: %.300s", err, envelope)
	}
	return s, s.Action[strings.LastIndex(s.Action, "/")+1:]
}

// means says what an answer means, in the words in which the client's reading of it is told.
func (s spoken) means() string {
	if s.Fault.Code != "" {
		return "fault " + s.Fault.Code
	}
	got := output{ended: strings.HasSuffix(s.State.State, "/Done"), exitCode: s.State.Exit}
	for _, stream := range s.Streams {
		data, _ := base64.StdEncoding.DecodeString(stream.Data)
		switch stream.Name {
		case "stdout":
			got.stdout = append(got.stdout, data...)
		case "stderr":
			got.stderr = append(got.stderr, data...)
		}
	}
	return strings.TrimSpace(s.Opened + s.Started + got.means())
}

func (o output) means() string {
	text := ""
	if len(o.stdout) > 0 || len(o.stderr) > 0 {
		text = fmt.Sprintf("out %q, error output %q", o.stdout, o.stderr)
	}
	if o.ended {
		text += fmt.Sprintf(", ended with %d", o.exitCode)
	}
	return text
}

// recorded is a host that answers as the recorded Windows did. Each request gets the next
// recorded answer to a request of its kind.
type recorded struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string][]string
	last    spoken // the request that came last
}

func play(t *testing.T, exchanges []exchanged) *recorded {
	t.Helper()
	h := &recorded{answers: map[string][]string{}}
	for _, e := range exchanges {
		_, verb := hear(t, e.Request)
		h.answers[verb] = append(h.answers[verb], e.Response)
	}
	h.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		asked, verb := hear(t, string(text))
		h.last = asked
		next := h.answers[verb]
		if len(next) == 0 {
			// The recorded client did not ask this, so it has no answer but an empty one.
			_, _ = io.WriteString(w, `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>`)
			return
		}
		h.answers[verb] = next[1:]
		if strings.Contains(next[0], ":Fault>") {
			w.WriteHeader(http.StatusInternalServerError)
		}
		_, _ = io.WriteString(w, next[0])
	}))
	h.StartTLS()
	t.Cleanup(h.Close)
	return h
}

// target is the host as an endpoint, and an account.
func (h *recorded) target() (remote.Endpoint, remote.Credentials) {
	roots := x509.NewCertPool()
	roots.AddCert(h.Certificate())
	return remote.Endpoint{URL: h.URL + "/wsman", Roots: roots}, remote.Credentials{Method: remote.Basic, Username: "user", Password: "password"}
}

// act does what the recorded client did, with the shell's own means, and says what the
// answer meant to it. verb is empty for what this client never does.
func (s *shell) act(ctx context.Context, verb string, asked spoken) (means string, err error) {
	var body []byte
	switch verb {
	case "Create":
		if body, err = s.sendLane.exchange(ctx, s.create()); err == nil {
			s.id, err = readShellID(body)
			means = s.id
		}
	case "Command":
		program, arguments := commandLine()
		if body, err = s.sendLane.exchange(ctx, s.command(s.id, program, arguments)); err == nil {
			s.commandID, err = readCommandID(body)
			means = s.commandID
		}
	case "Send":
		input, _ := base64.StdEncoding.DecodeString(asked.Send.Data)
		_, err = s.write(ctx, string(input))
	case "Receive":
		s.commandID = asked.Receive.Command // a wrong one in two recordings
		var got output
		if got, err = s.read(ctx); err == nil {
			means = got.means()
		}
	case "Delete":
		err = s.close(ctx)
	}
	if f, ok := err.(*wsmanFault); ok {
		return fmt.Sprintf("fault %d", f.code), nil
	}
	return means, err
}

// TestTheShellUnderstandsWindows does step by step what the recorded clients did. Each
// answer of a real Windows must mean to the shell what it says.
func TestTheShellUnderstandsWindows(t *testing.T) {
	steps := 0
	conversations := shellsOf(t, "The remote shell's client understands every answer that a real Windows gave")
	for name, exchanges := range conversations {
		h := play(t, exchanges)
		endpoint, credentials := h.target()
		_, s, err := prepare(endpoint, credentials, Options{}.withDefaults())
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range exchanges {
			asked, verb := hear(t, e.Request)
			if verb == "Signal" {
				continue // a worker's program is ended with its shell
			}
			steps++
			answer, _ := hear(t, e.Response)
			want := answer.means()
			if want == "fault 2150858793" {
				want = "" // nothing yet
			}
			got, err := s.act(t.Context(), verb, asked)
			if err != nil {
				t.Errorf("%s, step %d (%s): %v", name, i, verb, err)
				continue
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, step %d (%s) (-said +understood):\n%s", name, i, verb, diff)
			}
			if h.last.Shell != asked.Shell || h.last.Receive.Command != asked.Receive.Command || h.last.Send.Command != asked.Send.Command || h.last.Send.Data != asked.Send.Data {
				t.Errorf("%s, step %d (%s): the client asked %+v, the recorded one %+v", name, i, verb, h.last, asked)
			}
		}
		for verb, left := range h.answers {
			if verb != "Signal" && len(left) > 0 {
				t.Errorf("%s: %d answers to %s were not read", name, len(left), verb)
			}
		}
	}
	t.Logf("%d conversations with %d steps", len(conversations), steps)
}

// TestTheWorkerTellsWhatWindowsSaid starts a worker on each recording. None of the recorded
// programs is a worker, so each start fails, and must say why.
func TestTheWorkerTellsWhatWindowsSaid(t *testing.T) {
	const ended = "PowerShell ended with exit code "
	told := map[string]string{
		"test_winrs_standard":          ended + "0",
		"test_winrs_environment":       ended + "0",
		"test_winrs_extra_opts":        ended + "0",
		"test_winrs_noprofile":         ended + "0",
		"test_winrs_operation_timeout": ended + "0",
		"test_winrs_send":              ended + "0",
		"test_winrs_unicode":           ended + "0",
		"test_winrs_stderr_rc":         ended + "1 and said: err",
		"test_winrs_no_cmd_shell":      "The system cannot find the file specified (WSMan fault 2147942402)",
		"test_winrs_bad_cmd_id": "the remote shell is gone: The Windows Remote Shell received a request to perform an operation on a command identifier that does not exist." +
			" Either the command has completed execution or the client specified an invalid command identifier (WSMan fault 2150858843)",
	}
	for name, exchanges := range shellsOf(t, "The worker says why a recorded process of a real Windows is none") {
		h := play(t, exchanges)
		if len(h.answers["Command"]) == 0 {
			continue // nothing was started in that shell
		}
		endpoint, credentials := h.target()
		_, err := Dial(t.Context(), endpoint, credentials, Options{StartTimeout: 20 * time.Second})
		if got, want := fmt.Sprint(err), fmt.Sprintf("start PowerShell on %s: %s", endpoint.Name(), told[name]); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
		if left := h.answers["Delete"]; len(left) > 0 {
			t.Errorf("%s: the shell was left behind", name)
		}
	}
}
