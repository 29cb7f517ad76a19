package sim

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// windowsRecordings names the folder with conversations of a real Windows.
const windowsRecordings = "FEDROUTE_WINDOWS_RECORDINGS"

// windowsOtherwise lists the conversations in which an answer has another form, with the
// reasons.
var windowsOtherwise = map[string]string{
	"test_psrp_is_alive_invalid_selectors": "the recorded answer speaks of a shell that is not there, and the recording does not say why",
	"test_psrp_run_protocol_version_2.1":   "the recorded Windows does not describe the shell in its answer to Create",
	"test_winrs_environment":               variables,
	"test_winrs_noprofile":                 variables,
	"test_winrs_extra_opts":                "PowerShell starts in C:\\Windows\\system32, whatever the directory of the shell",
	"test_winrs_operation_timeout":         "the recorded program sleeps for half a minute, and the replayed client does not wait so long",
	"test_winrs_stderr_rc":                 "a cmd.exe inside cmd.exe loses the blank at the end of a command",
}

// Reasons of several conversations.
const (
	variables = "the machine has fewer variables, and writes their names in upper case"
)

// envelopeForm is the part of an answer that is compared.
type envelopeForm struct {
	Action string `xml:"Header>Action"`
	Fault  struct {
		Code string `xml:"Code,attr"`
	} `xml:"Body>Fault>Detail>WSManFault"`
	Shell   string `xml:"Body>ResourceCreated>ReferenceParameters>SelectorSet>Selector"`
	Command string `xml:"Body>CommandResponse>CommandId"`
	Role    string `xml:"Body>Fault>Code>Value"`
	Subcode string `xml:"Body>Fault>Code>Subcode>Value"`
	Streams []struct {
		Name string `xml:"Name,attr"`
		Data string `xml:",chardata"`
	} `xml:"Body>ReceiveResponse>Stream"`
	State struct {
		State string `xml:"State,attr"`
		Exit  string `xml:"ExitCode"`
	} `xml:"Body>ReceiveResponse>CommandState"`
}

// printed is what the processes of a conversation printed, and how they ended.
func (e envelopeForm) printed() string {
	text := ""
	for _, s := range e.Streams {
		raw, _ := base64.StdEncoding.DecodeString(s.Data)
		text += strings.ReplaceAll(string(raw), "\r\n", "\n")
		if s.Name == "stderr" && len(raw) > 0 {
			text += "(stderr)"
		}
	}
	if _, state, _ := strings.Cut(e.State.State, "CommandState/"); state == "Done" {
		text += " exit " + e.State.Exit
	}
	return text
}

// varying are elements that are not compared: Stream depends on how the output is cut,
// ActivityId is sent by some versions of Windows only, and memory is not simulated.
var varying = []string{"Stream", "ActivityId", "MemoryUsed", "ChildProcesses"}

// elements lists the elements of an answer in their order, with the prefixes that Windows
// gives to their namespaces. What a program printed is left out.
func elements(t *testing.T, text string) string {
	t.Helper()
	var all []string
	decoder := xml.NewDecoder(strings.NewReader(text))
	depth := 0
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return strings.Join(all, "\n")
		}
		if err != nil {
			t.Fatalf("%v: %.300s", err, text)
		}
		switch e := token.(type) {
		case xml.StartElement:
			depth++
			if !slices.Contains(varying, e.Name.Local) {
				all = append(all, strings.Repeat(" ", depth)+e.Name.Space+" "+e.Name.Local)
			}
		case xml.EndElement:
			depth--
		}
	}
}

func formOf(t *testing.T, text string) (envelopeForm, string) {
	t.Helper()
	var e envelopeForm
	if err := xml.Unmarshal([]byte(text), &e); err != nil {
		t.Fatalf("%v: %.300s", err, text)
	}
	verb := e.Action[strings.LastIndex(e.Action, "/")+1:]
	switch e.Fault.Code {
	case "":
		return e, verb
	case "2150858793": // nothing yet: how the output is cut is chance
		return e, "ReceiveResponse"
	}
	return e, "fault " + e.Fault.Code + " " + e.Role + " " + e.Subcode
}

var patience = regexp.MustCompile(`OperationTimeout>PT[0-9.]+S`)

// TestTheServiceAnswersWindowsClientsInTheSameForm sends the requests of each recording to
// a machine, with the ids that the machine gave. The answers must have the same elements in
// the same order, and faults the same codes. Processes of remote shells must print the same
// and end with the same exit code.
func TestTheServiceAnswersWindowsClientsInTheSameForm(t *testing.T) {
	folder := os.Getenv(windowsRecordings)
	if folder == "" {
		t.Logf("NOT JUDGED by a real Windows: %s names no folder", windowsRecordings)
		return
	}
	t.Attr("case", "lyncsim answers recorded requests in the form in which a real Windows did")
	t.Attr("with", "windows-recordings")
	files, err := filepath.Glob(filepath.Join(folder, "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s (%v)", folder, err)
	}
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	if err := o.Install("edge1.contoso.com", fstest.MapFS{"JEARole.pssc": {Data: []byte("@{ SessionType = 'RestrictedRemoteServer' }")}}); err != nil {
		t.Fatal(err)
	}
	url := ""
	for _, e := range o.Endpoints() {
		if e.Machine == "edge1.contoso.com" {
			url = e.URL
		}
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: o.CA().Pool()}}}
	exchanges := 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yml")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var recorded struct {
				Messages []struct{ Request, Response string }
			}
			if err := yaml.Unmarshal(raw, &recorded); err != nil {
				t.Fatal(err)
			}
			ids := strings.NewReplacer()
			var pairs, different []string
			said, says := "", ""
			for i, m := range recorded.Messages {
				if m.Request == "" || m.Response == "" {
					continue
				}
				request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader([]byte(patience.ReplaceAllString(ids.Replace(m.Request), "OperationTimeout>PT0.1S"))))
				if err != nil {
					t.Fatal(err)
				}
				account := o.LocalAccount()
				request.SetBasicAuth(account.Name, account.Password)
				request.Header.Set("Content-Type", "application/soap+xml;charset=UTF-8")
				response, err := client.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				body, _ := io.ReadAll(response.Body)
				response.Body.Close()
				theirs, want := formOf(t, m.Response)
				ours, got := formOf(t, string(body))
				for _, pair := range [][2]string{{theirs.Shell, ours.Shell}, {theirs.Command, ours.Command}} {
					if pair[0] != "" && pair[1] != "" {
						pairs = append(pairs, pair[0], pair[1])
					}
				}
				ids = strings.NewReplacer(pairs...)
				exchanges++
				said, says = said+theirs.printed(), says+ours.printed()
				if got == want && got != "ReceiveResponse" {
					if d := cmp.Diff(elements(t, m.Response), elements(t, string(body))); d != "" {
						different = append(different, fmt.Sprintf("the answer to request %d (-Windows +simulated):\n%s", i, d))
					}
				}
				if got != want {
					different = append(different, fmt.Sprintf("request %d (%.60s): %s, Windows %s", i, m.Request[strings.Index(m.Request, "Action")+26:], got, want))
				}
			}
			if strings.Contains(name, "winrs") && said != says {
				different = append(different, cmp.Diff(said, says))
			}
			o.WinRM("edge1.contoso.com").DeleteShells()
			switch why := windowsOtherwise[name]; {
			case len(different) == 0 && why != "":
				t.Errorf("answers in the same form now; take it off the list (%s)", why)
			case len(different) > 0 && why == "":
				t.Errorf("%s", strings.Join(different, "\n"))
			case why != "":
				t.Logf("differs: %s", why)
			}
		})
	}
	t.Logf("%d exchanges of %d conversations, %d of these listed as different", exchanges, len(files), len(windowsOtherwise))
}
