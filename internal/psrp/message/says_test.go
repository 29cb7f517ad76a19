package message

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/psrp/clixml"
)

// flat lists what a message's value says, a line for each property that is no object.
func flat(t *testing.T, m Message) string {
	t.Helper()
	v, err := m.Value()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	var list func(path string, v *clixml.Value)
	list = func(path string, v *clixml.Value) {
		if v == nil || len(v.Properties)+len(v.Items) == 0 {
			lines = append(lines, fmt.Sprintf("%s = %s", path, v))
			return
		}
		for _, p := range v.Properties {
			list(strings.TrimPrefix(path+"."+p.Name, "."), p.Value)
		}
		for i, item := range v.Items {
			list(fmt.Sprintf("%s[%d]", path, i), item)
		}
	}
	list("", v)
	return strings.Join(lines, "\n") + "\n"
}

// TestWhatAPoolIsAskedFor: one runspace and no host, so that nobody is asked anything.
func TestWhatAPoolIsAskedFor(t *testing.T) {
	pool := NewID()
	opening, connecting := Opening(pool), Connecting(pool)
	for i, m := range append(opening[:], connecting[:]...) {
		if want := []Type{SessionCapability, InitRunspacePool, SessionCapability, ConnectRunspacePool}[i]; m.Type != want || m.Pool != pool || m.Pipeline != (ID{}) {
			t.Errorf("message %d is %#x of pool %s, pipeline %s", i, m.Type, m.Pool, m.Pipeline)
		}
	}
	versions := "protocolversion = 2.3\nPSVersion = 2.0\nSerializationVersion = 1.1.0.1\n"
	want := versions + `MinRunspaces = 1
MaxRunspaces = 1
PSThreadOptions = Default
ApartmentState = Unknown
HostInfo._isHostNull = true
HostInfo._isHostUINull = true
HostInfo._isHostRawUINull = true
HostInfo._useRunspaceHost = false
ApplicationArguments = 
` + versions
	if diff := cmp.Diff(want, flat(t, opening[0])+flat(t, opening[1])+flat(t, connecting[0])); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
}

// TestWhatAPipelineIsAskedFor: one command by its name and no script, with arguments that are
// data, without input and without a trace in the history.
func TestWhatAPipelineIsAskedFor(t *testing.T) {
	pool, pipeline := NewID(), NewID()
	m := CreatePipeline(pool, pipeline, "Get-CsSite", []Parameter{{"Identity", clixml.String("$(evil)")}, {"Local", clixml.Bool(true)}})
	if m.Type != CreatePipelineType || m.Pool != pool || m.Pipeline != pipeline {
		t.Errorf("message %#x of pool %s, pipeline %s", m.Type, m.Pool, m.Pipeline)
	}
	want := `NoInput = true
ApartmentState = Unknown
RemoteStreamOptions = 0
AddToHistory = false
HostInfo._isHostNull = true
HostInfo._isHostUINull = true
HostInfo._isHostRawUINull = true
HostInfo._useRunspaceHost = true
PowerShell.IsNested = false
PowerShell.ExtraCmds = 
PowerShell.Cmds[0].Cmd = Get-CsSite
PowerShell.Cmds[0].IsScript = false
PowerShell.Cmds[0].UseLocalScope = 
PowerShell.Cmds[0].MergeMyResult = None
PowerShell.Cmds[0].MergeToResult = None
PowerShell.Cmds[0].MergePreviousResults = None
PowerShell.Cmds[0].Args[0].N = Identity
PowerShell.Cmds[0].Args[0].V = $(evil)
PowerShell.Cmds[0].Args[1].N = Local
PowerShell.Cmds[0].Args[1].V = true
PowerShell.History = 
PowerShell.RedirectShellErrorOutputPipe = false
IsNested = false
`
	if diff := cmp.Diff(want, flat(t, m)); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
}

// TestStates: a state that does not say which is refused, and one with a broken error record.
func TestStates(t *testing.T) {
	failed := clixml.Object(clixml.Property{Name: "Exception", Value: clixml.Object(clixml.Property{Name: "Message", Value: clixml.String("it broke")})}, clixml.Property{Name: "TargetObject"})
	cases := map[string]struct {
		reason string
		state  *clixml.Value
		record *clixml.Value
		number int
		says   string
		fails  bool
	}{
		"done":        {"no record is no error", clixml.Int32(4), nil, 4, "", false},
		"failed":      {"the record says why", clixml.Int32(5), failed, 5, "it broke", false},
		"no state":    {"nobody knows whether it ended", nil, nil, 0, "", true},
		"a word":      {"a state is a number", clixml.String("Completed"), nil, 0, "", true},
		"poor record": {"an error that cannot be read is none to pass on", clixml.Int32(5), clixml.Object(), 5, "", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			check := func(what string, state int, record *ErrorRecord, err error) {
				t.Helper()
				says := ""
				if record != nil {
					says = record.Error()
				}
				if (err != nil) != c.fails || err == nil && (state != c.number || says != c.says) {
					t.Errorf("%s: %s is %d, %q, %v", c.reason, what, state, says, err)
				}
			}
			record := clixml.Property{Name: "ExceptionAsErrorRecord", Value: c.record}
			pool, why, err := ReadPoolState(clixml.Object(clixml.Property{Name: "RunspaceState", Value: c.state}, record))
			check("the pool", int(pool), why, err)
			pipeline, why, err := ReadPipelineState(clixml.Object(clixml.Property{Name: "PipelineState", Value: c.state}, record))
			check("the pipeline", int(pipeline), why, err)
		})
	}
}

// TestTextOfRecords: each record is told in the words that it has.
func TestTextOfRecords(t *testing.T) {
	text := func(name, says string) *clixml.Value {
		return clixml.Object(clixml.Property{Name: name, Value: clixml.String(says)})
	}
	named := clixml.Object()
	named.ToString = "the object's own words"
	cases := map[string]struct {
		record Type
		value  *clixml.Value
		want   string
	}{
		"warning":           {WarningRecord, text("InformationalRecord_Message", "careful"), "careful"},
		"warning, no text":  {WarningRecord, named, "the object's own words"},
		"Write-Host":        {InformationRecord, clixml.Object(clixml.Property{Name: "MessageData", Value: text("Message", "hello")}), "hello"},
		"Write-Information": {InformationRecord, text("MessageData", "hello"), "hello"},
		"progress":          {ProgressRecord, clixml.Object(clixml.Property{Name: "Activity", Value: clixml.String("Moving")}, clixml.Property{Name: "StatusDescription", Value: clixml.String("half")}), "Moving: half"},
	}
	for name, c := range cases {
		if got := Text(c.record, c.value); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestIDs: an ID is read as it is written, in either case, and nothing else is one.
func TestIDs(t *testing.T) {
	const text = "B7FD04CA-7047-4E44-A883-4D425A00718E"
	for _, given := range []string{text, strings.ToLower(text)} {
		id, err := ParseID(given)
		if err != nil || id.String() != text {
			t.Errorf("%s is read as %s, %v", given, id, err)
		}
	}
	for reason, given := range map[string]string{
		"empty": "", "too short": text[1:], "too long": text + "0", "no hyphen 1": strings.Replace(text, "-", "0", 1),
		"no hyphen 2": text[:13] + "0" + text[14:], "no hyphen 3": text[:18] + "0" + text[19:], "no hyphen 4": text[:23] + "0" + text[24:],
		"no digit": "G" + text[1:], "a hyphen for a digit": "-" + text[1:35] + "-", "in braces": "{" + text[1:35] + "}",
	} {
		if id, err := ParseID(given); err == nil {
			t.Errorf("%s: %q is read as %s", reason, given, id)
		}
		if err := new(ID).UnmarshalText([]byte(given)); err == nil {
			t.Errorf("%s: %q is read from JSON", reason, given)
		}
	}
	for _, at := range []int{8, 13, 18, 23} { // all 32 digits are there, and a hyphen is one place early
		given := text[:at-1] + "-" + text[at-1:at] + text[at+1:]
		if id, err := ParseID(given); err == nil {
			t.Errorf("%q is read as %s", given, id)
		}
	}
	a, b := NewID(), NewID()
	if a == b || a[6]>>4 != 4 || a[8]>>6 != 2 {
		t.Errorf("%s and %s are no two random UUIDs of version 4", a, b)
	}
}
