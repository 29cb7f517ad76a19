package sim

import (
	"bytes"
	"crypto/tls"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/yaml"
)

// windowsRecordings names the folder with conversations of a real Windows.
const windowsRecordings = "FEDROUTE_WINDOWS_RECORDINGS"

// windowsOtherwise lists the conversations in which an answer has another form, with the
// reasons.
var windowsOtherwise = map[string]string{
	"test_psrp_disconnect_runspaces":       commandList,
	"test_psrp_disconnected_commands":      commandList,
	"test_psrp_is_alive_invalid_selectors": anotherShell,
	"test_psrp_is_alive_other_wsman_error": anotherShell,
	"test_winrs_no_cmd_shell":              "the recorded machine did not find the program by that name",
	"test_psrp_small_msg_size":             configurationList,
	"test_wsman_update_envelope_size_150":  configurationList,
	"test_wsman_update_envelope_size_4096": configurationList,
	"test_wsman_update_envelope_size_500":  configurationList,
}

// Reasons of several conversations.
const (
	commandList       = "the commands of a shell are not listed"
	anotherShell      = "the recorded answer speaks of a shell that is not there, and the recording does not say why"
	configurationList = "the configuration of the service (winrm/config) is not served"
)

// envelopeForm is the part of an answer that is compared.
type envelopeForm struct {
	Action string `xml:"Header>Action"`
	Fault  struct {
		Code string `xml:"Code,attr"`
	} `xml:"Body>Fault>Detail>WSManFault"`
	Shell   string `xml:"Body>ResourceCreated>ReferenceParameters>SelectorSet>Selector"`
	Command string `xml:"Body>CommandResponse>CommandId"`
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
	return e, "fault " + e.Fault.Code
}

var patience = regexp.MustCompile(`OperationTimeout>PT[0-9.]+S`)

// TestTheServiceAnswersWindowsClientsInTheSameForm sends the requests of each recording to
// a machine, with the ids that the machine gave, and compares actions and fault codes.
func TestTheServiceAnswersWindowsClientsInTheSameForm(t *testing.T) {
	folder := os.Getenv(windowsRecordings)
	if folder == "" {
		t.Logf("NOT JUDGED by a real Windows: %s names no folder", windowsRecordings)
		return
	}
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
			for i, m := range recorded.Messages {
				if m.Request == "" || m.Response == "" {
					continue
				}
				request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader([]byte(patience.ReplaceAllString(ids.Replace(m.Request), "OperationTimeout>PT0.3S"))))
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
				if got != want {
					different = append(different, fmt.Sprintf("request %d (%.60s): %s, Windows %s", i, m.Request[strings.Index(m.Request, "Action")+26:], got, want))
				}
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
