package psrp_test

import (
	"encoding/base64"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/clixml"
	"github.com/fedroute/fedroute/internal/psrp/message"
)

// told is the result that the real client or ours gave the caller of a pipeline.
type told struct {
	State                                        string
	Count                                        int
	Output, Errors                               []string
	Warnings, Verbose, Debug, Information, Steps []string
	Failure                                      string
}

// unknown is the state of a call whose outcome the client does not know. The real client reports
// such a call as Failed or Stopped, with an exception of its transport.
const unknown = "OutcomeUnknown"

// seenCall is a line of a .seen.jsonl file, in which the recorder wrote the real client's results.
type seenCall struct {
	State, RunspaceAfterOpen, Call string
	OutputCount                    int
	Output                         []seenValue
	Errors                         []struct{ ID, Category, Message string }
	Warnings, Verbose, Debug       []string
	Information                    []seenValue
	Progress                       []struct{ Activity, Status string }
	Commands                       []struct{ Text string }
	Exception                      *struct{ Type, ID, Message string }
}

type seenValue struct {
	Type, Text string
	PSTypes    []string `json:"pstypenames"`
}

// kinds maps the type of a .NET value that the real client gave to its CLIXML element.
var kinds = map[string]string{
	"System.String": "S", "System.Char": "C", "System.Boolean": "B", "System.Byte": "By", "System.SByte": "SB",
	"System.Int16": "I16", "System.UInt16": "U16", "System.Int32": "I32", "System.UInt32": "U32", "System.Int64": "I64",
	"System.UInt64": "U64", "System.Single": "Sg", "System.Double": "Db", "System.Decimal": "D", "System.DateTime": "DT",
	"System.TimeSpan": "TS", "System.Guid": "G", "System.Uri": "URI", "System.Version": "Version",
	"System.Xml.XmlDocument": "XD", "System.Security.SecureString": "SS",
}

// formatted lists the kinds of values whose text in the real client differs from the text in the
// message.
var formatted = []string{"C", "DT", "TS", "Sg", "Db", "D", "XD", "SS"}

func (v seenValue) told() string {
	switch kind := kinds[v.Type]; {
	case v.Type == "null":
		return "null"
	case kind == "B":
		return "B " + strings.ToLower(v.Text)
	case slices.Contains(formatted, kind):
		return kind
	case kind != "":
		return kind + " " + cut(v.Text)
	}
	types := slices.DeleteFunc(slices.Clone(v.PSTypes), func(name string) bool { return strings.HasPrefix(name, "Selected.") }) // the recorder added this type
	return "Obj " + strings.ReplaceAll(strings.Join(types, ","), "Deserialized.", "")
}

func toldOf(v *clixml.Value) string {
	switch {
	case v == nil:
		return "null"
	case v.Kind == "Obj" && v.Base != nil:
		return toldOf(v.Base)
	case v.Kind == "Obj":
		return "Obj " + strings.ReplaceAll(strings.Join(v.TypeNames, ","), "Deserialized.", "")
	case slices.Contains(formatted, v.Kind):
		return v.Kind
	case v.Kind == "SBK": // the real client turns a script block into a string
		return "S " + cut(v.Text)
	}
	return v.Kind + " " + cut(v.Text)
}

// cut shortens a text as the recorder did.
func cut(text string) string {
	units := utf16.Encode([]rune(strings.TrimSuffix(text, "...")))
	return string(utf16.Decode(units[:min(len(units), 100)]))
}

// apart splits a list into its items, as the recorder did.
func apart(v *clixml.Value) (all []string) {
	switch {
	case v != nil && v.Kind == "BA":
		octets, _ := base64.StdEncoding.DecodeString(v.Text)
		for _, o := range octets {
			all = append(all, fmt.Sprintf("By %d", o))
		}
		return all
	case v != nil && v.List != "" && v.List != "DCT":
		for _, item := range v.Items {
			all = append(all, toldOf(item))
		}
		return all
	}
	return []string{toldOf(v)}
}

// told gives the real client's result.
func (c seenCall) told() told {
	t := told{State: c.State, Count: c.OutputCount, Warnings: c.Warnings, Verbose: c.Verbose, Debug: c.Debug}
	if c.Call != "" || c.Exception != nil && !strings.HasSuffix(c.Exception.Type, ".RemoteException") {
		return told{State: unknown}
	}
	for _, v := range c.Output {
		t.Output = append(t.Output, v.told())
	}
	for _, e := range c.Errors {
		t.Errors = append(t.Errors, fmt.Sprintf("%s|%s|%s", e.ID, e.Category, e.Message))
	}
	for _, i := range c.Information {
		t.Information = append(t.Information, i.Text)
	}
	for _, p := range c.Progress {
		t.Steps = append(t.Steps, p.Activity+": "+p.Status)
	}
	if c.Exception != nil {
		t.Failure = c.Exception.ID + "|" + c.Exception.Message
	}
	return t
}

var states = map[message.State]string{message.Completed: "Completed", message.Failed: "Failed", message.Stopped: "Stopped"}

// ours gives our client's result. records holds what the command wrote to its other streams.
func ours(o psrp.Outcome, records []psrp.Record) told {
	t := told{State: states[o.State], Count: len(o.Output), Warnings: o.Warnings}
	for _, v := range o.Output {
		t.Output = append(t.Output, apart(v)...)
	}
	for _, r := range o.Errors {
		t.Errors = append(t.Errors, fmt.Sprintf("%s|%s|%s", r.ID, r.Category, r.Message))
	}
	for _, r := range records {
		switch r.Type {
		case message.VerboseRecord:
			t.Verbose = append(t.Verbose, r.Text)
		case message.DebugRecord:
			t.Debug = append(t.Debug, r.Text)
		case message.InformationRecord:
			t.Information = append(t.Information, r.Text)
		case message.ProgressRecord:
			t.Steps = append(t.Steps, r.Text)
		}
	}
	if o.Failure != nil {
		t.Failure = o.Failure.ID + "|" + o.Failure.Message
	}
	return t
}

// expectation is the result that our client should give of one pipeline. It is the real client's
// result. Where no real client was recorded, it is only the pipeline's state and the number of
// its outputs.
type expectation struct {
	id     message.ID
	whole  bool // the real client's result
	wanted told
}

// expectations gives the expectations of a conversation's pipelines, in their order. opened is the
// pool's state after its opening, "" if it was not recorded.
func expectations(t *testing.T, folder, name string, started []message.ID) (all []expectation, opened string) {
	t.Helper()
	texts, ends := map[message.ID]string{}, map[message.ID]told{}
	for _, d := range linesOf[decoded](t, filepath.Join(folder, name+".decoded.jsonl")) {
		id, err := message.ParseID(d.PSGuid)
		if err != nil {
			continue
		}
		end := ends[id]
		switch d.Name {
		case "CREATE_PIPELINE":
			v, _ := clixml.Read(d.XML) // some are malformed on purpose
			if commands := v.Get("PowerShell").Get("Cmds"); texts[id] == "" && commands != nil && len(commands.Items) > 0 {
				texts[id] = commands.Items[0].Get("Cmd").String()
			}
		case "PIPELINE_OUTPUT":
			end.Count++
		case "PIPELINE_STATE":
			if v, err := clixml.Read(d.XML); err == nil && end.State == "" {
				state, _, _ := message.ReadPipelineState(v)
				end.State = states[state]
			}
		}
		ends[id] = end
	}
	seen := linesOf[seenCall](t, filepath.Join(folder, name+".seen.jsonl"))
	for _, c := range seen {
		opened += c.RunspaceAfterOpen
	}
	for _, id := range started {
		e := expectation{id: id, wanted: told{State: unknown}}
		if ends[id].State != "" {
			e.wanted = ends[id]
		}
		at := slices.IndexFunc(seen, func(c seenCall) bool {
			return c.Call != "" || c.State != "" && len(c.Commands) > 0 && c.Commands[0].Text == texts[id]
		})
		if at >= 0 {
			e.whole, e.wanted = true, seen[at].told()
			seen = slices.Delete(seen, at, at+1)
		}
		all = append(all, e)
	}
	return all, opened
}
