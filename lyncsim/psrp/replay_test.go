package psrp_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/configuration"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/psrp"
)

// recordings names the folder with conversations of the real engine.
const recordings = "FEDROUTE_PSRP_RECORDINGS"

// spoken is one recorded line, or one message of it as the recorder decoded it.
type spoken struct {
	From, Frame, Event, Element, PSGuid, Name, XML string
}

func read(t *testing.T, path string) []spoken {
	t.Helper()
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		packed, err := os.Open(path + ".gz")
		if err != nil {
			t.Fatal(err)
		}
		defer packed.Close()
		unpacked, err := gzip.NewReader(packed)
		if err != nil {
			t.Fatal(err)
		}
		if data, err = io.ReadAll(unpacked); err != nil {
			t.Fatal(err)
		}
	}
	var all []spoken
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var one spoken
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// opener makes the runspaces of the server that a case was recorded with.
func opener(t *testing.T, folder, arguments string) func(context.Context) (*powershell.Runspace, error) {
	t.Helper()
	plain := func() *powershell.Runspace {
		return powershell.New(powershell.Options{Edition: powershell.Core7, Loaded: utility.Modules()})
	}
	_, file, restricted := strings.Cut(arguments, "-ConfigurationFile ")
	if !restricted {
		return func(context.Context) (*powershell.Runspace, error) { return plain(), nil }
	}
	raw, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"Case.pssc": {Data: raw}}
	for _, name := range []string{"RouteTools.psd1", "RouteTools.psm1"} {
		raw, err := os.ReadFile(filepath.Join(folder, "RouteTools", name))
		if err != nil {
			t.Fatal(err)
		}
		files["RouteTools/"+name] = &fstest.MapFile{Data: raw}
	}
	set, err := configuration.Load(files)
	if err != nil {
		return func(context.Context) (*powershell.Runspace, error) { return nil, err }
	}
	return func(ctx context.Context) (*powershell.Runspace, error) {
		return set.Find("Case").Open(ctx, plain(), configuration.Opening{})
	}
}

// answers gathers what a server said, by pool (the zero id) and pipeline.
type answers struct {
	mu    sync.Mutex
	by    map[string][]string
	lines map[string]int
	news  chan struct{}
}

func newAnswers() *answers {
	return &answers{by: map[string][]string{}, lines: map[string]int{}, news: make(chan struct{}, 1)}
}

// add takes one line. Its messages are added as essences.
func (a *answers) add(line string, essences []string) {
	var e struct {
		PSGuid string `xml:"PSGuid,attr"`
	}
	_ = xml.Unmarshal([]byte(line), &e)
	id := strings.ToLower(e.PSGuid)
	a.mu.Lock()
	a.by[id] = append(a.by[id], essences...)
	a.lines[id]++
	a.mu.Unlock()
	select {
	case a.news <- struct{}{}:
	default:
	}
}

// await waits until as many lines have come as in the recording, or none has come for a
// time. A slow machine may take long over many lines.
func (a *answers) await(want map[string]int, quiet time.Duration) bool {
	for {
		a.mu.Lock()
		there := true
		for id, n := range want {
			there = there && a.lines[id] >= n
		}
		a.mu.Unlock()
		if there {
			return true
		}
		select {
		case <-a.news:
		case <-time.After(quiet):
			return false
		}
	}
}

var (
	errorID    = regexp.MustCompile(`N="FullyQualifiedErrorId">([^<]*)`)
	category   = regexp.MustCompile(`N="ErrorCategory_Category">(\d+)`)
	state      = regexp.MustCompile(`N="(?:Pipeline|Runspace)State">(\d+)`)
	typeOrText = regexp.MustCompile(`^<Obj[^>]*>(?:<TN RefId="0"><T>([^<\[]*))?`)
	told       = regexp.MustCompile(`(?:N="Message"|N="InformationalRecord_Message"|N="MessageData"|N="Activity")>([^<]*)`)
	version    = regexp.MustCompile(`N="protocolversion">([^<]*)`)
	answered   = regexp.MustCompile(`N="SetMinMaxRunspacesResponse">([^<]*)`)
)

func first(r *regexp.Regexp, text string) string {
	if m := r.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// essence is the part of a server's message that is compared: states, error ids,
// categories, texts for people of other records, primitive values, and the types of
// objects.
func essence(name, text string) string {
	switch name {
	case "SESSION_CAPABILITY":
		return name + " " + strings.Replace(first(version, text), "2.4", "2.3", 1) // this server is that of 5.1
	case "RUNSPACEPOOL_STATE", "PIPELINE_STATE":
		return strings.TrimSpace(name + " " + first(state, text) + " " + first(errorID, text) + " " + first(category, text))
	case "ERROR_RECORD":
		return name + " " + first(errorID, text) + " " + first(category, text)
	case "PIPELINE_OUTPUT":
		if strings.HasPrefix(text, "<Obj") {
			return name + " " + first(typeOrText, text)
		}
		return name + " " + text
	case "APPLICATION_PRIVATE_DATA":
		return name
	case "RUNSPACE_AVAILABILITY":
		return name + " " + first(answered, text)
	}
	return name + " " + first(told, text)
}

// messageNames are the names of the message types that the recorder uses.
var messageNames = map[psrp.Type]string{
	psrp.SessionCapability: "SESSION_CAPABILITY", psrp.RunspacePoolState: "RUNSPACEPOOL_STATE", psrp.ApplicationPrivateData: "APPLICATION_PRIVATE_DATA",
	psrp.RunspaceAvailability: "RUNSPACE_AVAILABILITY", psrp.PipelineOutput: "PIPELINE_OUTPUT", psrp.ErrorRecord: "ERROR_RECORD", psrp.PipelineState: "PIPELINE_STATE",
	psrp.DebugRecord: "DEBUG_RECORD", psrp.VerboseRecord: "VERBOSE_RECORD", psrp.WarningRecord: "WARNING_RECORD", psrp.ProgressRecord: "PROGRESS_RECORD",
	psrp.InformationRecord: "INFORMATION_RECORD",
}

// outcome is what a replayed case showed.
type outcome struct{ want, got map[string][]string }

// replay sends the client's lines of a case to the server, each when the recording has it.
func replay(t *testing.T, folder, name, arguments string) outcome {
	t.Helper()
	lines := read(t, filepath.Join(folder, "cases", name+".jsonl"))
	want, got := newAnswers(), newAnswers()
	for _, m := range read(t, filepath.Join(folder, "cases", name+".decoded.jsonl")) {
		if m.From != "server" || m.PSGuid == "" {
			continue
		}
		line := m.Element
		if m.Name != "" {
			line = essence(m.Name, m.XML)
		} else if m.Element == "" || m.Element == "Data" {
			continue
		}
		want.by[strings.ToLower(m.PSGuid)] = append(want.by[strings.ToLower(m.PSGuid)], line)
	}
	decoder := newDecoder()
	f := newFraming(psrp.Options{Open: opener(t, folder, arguments), Strict: true}, func(line string) { got.add(line, decoder.essences(line)) })
	seen := map[string]int{}
	quiet := 3 * time.Second
	died := false
	for _, l := range lines {
		if l.From == "server" && l.Frame != "" {
			var e struct {
				PSGuid string `xml:"PSGuid,attr"`
			}
			if xml.Unmarshal([]byte(l.Frame), &e) == nil && e.PSGuid != "" {
				seen[strings.ToLower(e.PSGuid)]++
			}
			continue
		}
		if !got.await(seen, quiet) {
			quiet = 50 * time.Millisecond // it goes another way already
		}
		if l.From == "client" && l.Event == "end of stream" {
			f.pool().Close() // the end of its input ends the server
		}
		if l.From != "client" || l.Event != "" {
			continue
		}
		if err := f.take(l.Frame); err != nil {
			died = !errors.Is(err, io.EOF)
			break
		}
	}
	if got.await(seen, quiet); !died {
		f.pool().Close()
	}
	got.mu.Lock()
	o := outcome{want.by, maps.Clone(got.by)}
	got.mu.Unlock()
	f.pool().Close()
	return o
}

// settled puts the acknowledgements of data behind the first one at the end: when they come
// among the output is chance.
func settled(list []string) []string {
	var rest, acks []string
	for _, s := range list {
		if s == "DataAck" && slices.Contains(rest, "DataAck") {
			acks = append(acks, s)
			continue
		}
		rest = append(rest, s)
	}
	return append(rest, acks...)
}

// different lists the pools and pipelines that were answered in another way.
func (o outcome) different() []string {
	var all []string
	for id, want := range o.want {
		want, got := settled(want), settled(o.got[id])
		if !slices.Equal(want, got) {
			all = append(all, fmt.Sprintf("%s:\n%s", id, cmp.Diff(want, got)))
		}
	}
	slices.Sort(all)
	return all
}

func TestTheServerAnswersAsTheRealEngine(t *testing.T) {
	folder := os.Getenv(recordings)
	if folder == "" {
		t.Logf("NOT JUDGED by the real engine: %s names no folder", recordings)
		return
	}
	t.Attr("case", "lyncsim as a server of PowerShell Remoting answers the recorded clients as the real engine did")
	t.Attr("with", "psrp-recordings")
	table, err := os.ReadFile(filepath.Join(folder, "cases.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var same, differ atomic.Int32
	t.Cleanup(func() { t.Logf("%d conversations the same, %d different", same.Load(), differ.Load()) })
	for _, row := range strings.Split(strings.TrimSpace(string(table)), "\n")[1:] {
		columns := strings.Split(row, "\t")
		name, arguments := columns[0], columns[2]
		if strings.HasPrefix(name, "26-") {
			continue // the recorded server lines were altered on the way
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := replay(t, folder, name, arguments)
			list := o.different()
			switch why := otherwise[name]; {
			case len(list) == 0 && (why == "" || strings.HasSuffix(why, chance)):
				same.Add(1)
			case len(list) == 0:
				t.Errorf("answers as the real engine now; take it off the list (%s)", why)
			case why != "":
				differ.Add(1)
				t.Logf("differs: %s", why)
			default:
				differ.Add(1)
				t.Errorf("%d of %d pools and pipelines are answered in another way:\n%s", len(list), len(o.want), strings.Join(list, "\n"))
			}
		})
	}
}

// chance ends the reason of a conversation in which the order of things decides that no
// side controls. It may be the same or not.
const chance = " is chance"

// otherwise lists the conversations that go another way, with the reasons.
var otherwise = map[string]string{
	"01-open-close-with-host-and-arguments":     "the recorded server offered its debugger, so the client sends debugger commands; application arguments are not kept",
	"02-warm-call-invoke-command":               debugger,
	"04-command-by-name":                        "the recorded machine has the paths of Linux, the simulated one those of Windows",
	"05-errors-by-command-name":                 "a parameter -B: without a value in a function that is not advanced",
	"05-errors-nonterminating":                  "the script uses Get-Process and a native program, which are refused",
	"05-errors-parse-binding-validation":        "the script uses Get-ChildItem with a parameter that is refused",
	"05-errors-terminating":                     "SetShouldExit is no host call here; the disk in memory has no folders",
	"06-streams":                                "an information record keeps the text of an object, not the object",
	"06-streams-with-host":                      hostCalls,
	"08-large-input":                            "the script uses a hash algorithm of .NET, which is refused",
	"09-unicode":                                surrogates,
	"10-types":                                  "the scripts use types of .NET that are refused, such as DateTimeOffset",
	"10-types-as-parameters":                    "deserialized objects keep fewer type names",
	"11-key-exchange-known-key":                 secureStrings,
	"11-secure-string":                          secureStrings,
	"11-secure-string-from-server":              secureStrings,
	"11-secure-string-from-server-protocol-2.3": secureStrings,
	"11-secure-string-protocol-2.3":             secureStrings,
	"12-host-calls-no-host":                     hostCalls,
	"12-host-calls-noninteractive-host":         hostCalls,
	"15-server-killed":                          "the recorded server was killed",
	"15-server-exits":                           "the script ends its own process",
	"16-get-command-metadata":                   metadata,
	"16-import-session":                         metadata,
	"14-pool-of-two":                            "how many runspaces are free when the client asks" + chance,
	"17-streams-at-version-2.0":                 secureStrings,
	"17-streams-at-version-2.1":                 secureStrings,
	"17-streams-at-version-2.2":                 secureStrings,
	"17-streams-at-version-2.3":                 secureStrings,
	"17-streams-at-version-2.4":                 secureStrings,
	"18-blanks-after-element":                   "the line ends the server; what it still says before that is chance",
	"18-clixml-unescaped-and-lowercase-escapes": surrogates,
	"18-command-with-zero-id":                   "over WSMan no command has the id of the pool",
	"18-create-pipeline-on-pool-frame":          "over WSMan no pipeline is in the pool's stream",
	"18-fragments-not-waiting-for-acks":         "this one takes one line after the other, and which of the calls the real server answers is chance",
	"18-pipeline-before-open":                   "over WSMan a pool is opened with its shell",
	"21-restricted-by-command-name":             "the type of the exception when nobody can confirm",
	"21-restricted-invisible":                   formatData,
	"21-restricted-module":                      "the configuration makes a program of Linux visible, and a cmdlet with fewer values",
	"23-restricted-stop":                        "the client sends Signal and Close at once; which is acknowledged first is chance",
	"24-restricted-get-command":                 formatData,
	"24-restricted-get-command-metadata":        metadata,
	"24-restricted-import-session":              metadata,
	"27-other-events-and-debug":                 "events of the engine are refused",
	"27-other-stray-output":                     "the script starts a program of Linux",
}

// Reasons of several conversations.
const (
	debugger      = "the recorded server offered its debugger, so the client sends debugger commands"
	formatData    = "Get-FormatData and Get-Help are refused"
	hostCalls     = "the server makes no host calls"
	metadata      = "GET_COMMAND_METADATA is refused"
	secureStrings = "secure strings are refused"
	surrogates    = "a text here holds no half of a surrogate pair"
)
