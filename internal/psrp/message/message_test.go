package message

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/psrp/clixml"
)

func TestSplitAndJoin(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789"), 10)
	for _, c := range []struct {
		reason string
		size   int
		pieces int
	}{
		{"one fragment", FragmentHeader + 100, 1},
		{"a second one for one octet", FragmentHeader + 99, 2},
		{"one octet each", FragmentHeader + 1, 100},
		{"no room at all is room for one", 1, 100},
	} {
		fragments := Split(7, long, c.size)
		if len(fragments) != c.pieces {
			t.Errorf("%s: %d fragments, want %d", c.reason, len(fragments), c.pieces)
		}
		for _, step := range []int{1, 20, 1000} { // octets that arrive together
			j := Joiner{Limit: 1000}
			var got [][]byte
			for stream := bytes.Join(fragments, nil); len(stream) > 0; {
				n := min(step, len(stream))
				messages, err := j.Take(stream[:n])
				if err != nil {
					t.Fatalf("%s: %v", c.reason, err)
				}
				got, stream = append(got, messages...), stream[n:]
			}
			if diff := cmp.Diff([][]byte{long}, got); diff != "" {
				t.Errorf("%s, %d at once (-want +got):\n%s", c.reason, step, diff)
			}
		}
	}
}

// fragment makes a fragment with any ids and flags.
func fragment(object, id byte, flags byte, piece string) []byte {
	f := Split(uint64(object), []byte(piece), 1<<20)[0]
	f[15], f[16] = id, flags
	return f
}

func TestJoinerBearsWhatTheRealClientBears(t *testing.T) {
	for _, c := range []struct {
		reason    string
		fragments [][]byte
		want      []string
	}{
		{"the first fragment is number 5", [][]byte{fragment(1, 5, flagStart, "a"), fragment(1, 6, flagEnd, "b")}, []string{"ab"}},
		{"object ids fall and come again", [][]byte{fragment(9, 0, 3, "a"), fragment(2, 0, 3, "b"), fragment(2, 0, 3, "c")}, []string{"a", "b", "c"}},
		{"a start takes the place of what was open", [][]byte{fragment(1, 0, flagStart, "a"), fragment(2, 0, 3, "b")}, []string{"b"}},
		{"flags that are not defined", [][]byte{fragment(1, 0, 0xff, "a")}, []string{"a"}},
		{"a piece of length 0", [][]byte{fragment(1, 0, flagStart, ""), fragment(1, 1, flagEnd, "a")}, []string{"a"}},
	} {
		j := Joiner{Limit: 100}
		messages, err := j.Take(bytes.Join(c.fragments, nil))
		var got []string
		for _, m := range messages {
			got = append(got, string(m))
		}
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", c.reason, err, diff)
		}
	}
}

func TestJoinerRefuses(t *testing.T) {
	huge := fragment(1, 0, 3, "a")
	huge[17] = 0xff
	for _, c := range []struct {
		reason    string
		fragments [][]byte
	}{
		{"object id 0", [][]byte{fragment(0, 0, 3, "a")}},
		{"an end without a start", [][]byte{fragment(1, 0, flagEnd, "a")}},
		{"a gap", [][]byte{fragment(1, 0, flagStart, "a"), fragment(1, 2, flagEnd, "b")}},
		{"a repeat", [][]byte{fragment(1, 0, flagStart, "a"), fragment(1, 0, flagEnd, "b")}},
		{"another object in the middle", [][]byte{fragment(1, 0, flagStart, "a"), fragment(2, 1, flagEnd, "b")}},
		{"a length that is negative or absurd", [][]byte{huge}},
		{"a message beyond the limit", [][]byte{fragment(1, 0, flagStart, strings.Repeat("a", 60)), fragment(1, 1, flagEnd, strings.Repeat("b", 60))}},
	} {
		j := Joiner{Limit: 100}
		if messages, err := j.Take(bytes.Join(c.fragments, nil)); err == nil {
			t.Errorf("%s: gave %q", c.reason, messages)
		}
	}
}

func FuzzJoiner(f *testing.F) {
	f.Add(bytes.Join(Split(1, []byte("a message"), FragmentHeader+4), nil), 3)
	f.Add(fragment(1, 5, 0xff, "x"), 1)
	f.Fuzz(func(t *testing.T, stream []byte, step int) {
		whole, pieces := Joiner{Limit: 1 << 10}, Joiner{Limit: 1 << 10}
		want, failed := whole.Take(stream)
		var got [][]byte
		var err error
		for step = max(step, 1); err == nil && len(stream) > 0; {
			n := min(step, len(stream))
			var messages [][]byte
			messages, err = pieces.Take(stream[:n])
			got, stream = append(got, messages...), stream[n:]
		}
		if diff := cmp.Diff(want, got); diff != "" || (err == nil) != (failed == nil) {
			t.Errorf("at once: %v, in pieces: %v\n%s", failed, err, diff)
		}
	})
}

func TestMessageLayout(t *testing.T) {
	pool, _ := ParseID("b7fd04ca-7047-4e44-a883-4d425a00718e")
	pipeline, _ := ParseID("48c7d216-8ffc-45d2-9663-ccd39e309ea1")
	got := Message{Type: CreatePipelineType, Pool: pool, Pipeline: pipeline, Text: "<S>a</S>"}.Encode()
	// Destination, type, ids in .NET's order, byte order mark: as recorded from the real client.
	want := "\x02\x00\x00\x00\x06\x10\x02\x00" +
		"\xca\x04\xfd\xb7\x47\x70\x44\x4e\xa8\x83\x4d\x42\x5a\x00\x71\x8e" +
		"\x16\xd2\xc7\x48\xfc\x8f\xd2\x45\x96\x63\xcc\xd3\x9e\x30\x9e\xa1" + "\xef\xbb\xbf<S>a</S>"
	if diff := cmp.Diff([]byte(want), got); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	got[0] = toClient
	read, err := Decode(got)
	if diff := cmp.Diff(Message{Type: CreatePipelineType, Pool: pool, Pipeline: pipeline, Text: "<S>a</S>"}, read); diff != "" || err != nil {
		t.Errorf("read again: %v (-want +got):\n%s", err, diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for reason, octets := range map[string][]byte{
		"less than a header": make([]byte, 39), "a message for the server": Message{}.Encode(),
	} {
		if m, err := Decode(octets); err == nil {
			t.Errorf("%s: read as %+v", reason, m)
		}
	}
}

func TestValueOfAMessage(t *testing.T) {
	if v, err := (Message{}).Value(); v != nil || err != nil {
		t.Errorf("an empty message is %v, %v; it is $null", v, err)
	}
	if v, err := (Message{Text: "<Nil />"}).Value(); err == nil {
		t.Errorf("<Nil /> as a whole is %v; the real client refuses it", v)
	}
}

func TestCheckCapability(t *testing.T) {
	for version, good := range map[string]bool{
		"2.0": true, "2.2": true, "2.3": true, "2.4": true, "2.5": false, "1.0": false, "3.0": false, "": false, "2": false, "2.10": false,
	} {
		_, err := CheckCapability(clixml.Object(clixml.Property{Name: "protocolversion", Value: clixml.Version(version)}))
		if (err == nil) != good {
			t.Errorf("version %q: %v", version, err)
		}
	}
}

func TestReadError(t *testing.T) {
	exception := clixml.Object(clixml.Property{Name: "Message", Value: clixml.String("disk")})
	exception.TypeNames = []string{"System.IO.IOException", "System.Object"}
	full := []clixml.Property{
		{Name: "Exception", Value: exception}, {Name: "TargetObject", Value: clixml.String("thing")},
		{Name: "FullyQualifiedErrorId", Value: clixml.String("Demo.Disk,X")}, {Name: "ErrorCategory_Category", Value: clixml.Int32(23)},
	}
	detailed := append(full[:4:4], clixml.Property{Name: "ErrorDetails_Message", Value: clixml.String("told better")})
	for _, c := range []struct {
		reason string
		value  *clixml.Value
		want   *ErrorRecord
	}{
		{"no record", nil, nil},
		{"a whole one", clixml.Object(full...), &ErrorRecord{"Demo.Disk,X", "WriteError", "disk", "System.IO.IOException", "thing"}},
		{"details are for people", clixml.Object(detailed...), &ErrorRecord{"Demo.Disk,X", "WriteError", "told better", "System.IO.IOException", "thing"}},
	} {
		got, err := ReadError(c.value)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", c.reason, err, diff)
		}
	}
	for _, missing := range []int{0, 1} {
		if got, err := ReadError(clixml.Object(append(full[:missing:missing], full[missing+1:]...)...)); err == nil {
			t.Errorf("without %s: %+v; the real client refuses it", full[missing].Name, got)
		}
	}
	bare := clixml.Object(clixml.Property{Name: "Exception"}, clixml.Property{Name: "TargetObject"})
	bare.ToString = "its own words"
	if got, err := ReadError(bare); err != nil || *got != (ErrorRecord{Category: "NotSpecified", Message: "its own words"}) {
		t.Errorf("a record of nothing: %+v, %v", got, err)
	}
	for _, c := range []struct {
		value *clixml.Value
		want  string
	}{
		{nil, "NotSpecified"}, {clixml.String("Read"), "NotSpecified"}, {clixml.Int32(-1), "-1"}, {clixml.Int32(0), "NotSpecified"},
		{clixml.Int32(1), "OpenError"}, {clixml.Int32(31), "NotEnabled"}, {clixml.Int32(32), "32"}, {clixml.Int32(99), "99"},
	} {
		if got := category(c.value); got != c.want {
			t.Errorf("category %s is %q, want %q", c.value, got, c.want)
		}
	}
}

func TestRefusalAnswersOnlyWhoWaits(t *testing.T) {
	call := func(id int64) Message {
		return Message{Type: PipelineHostCall, Text: clixml.Write(clixml.Object(
			clixml.Property{Name: "ci", Value: clixml.Int64(id)},
			clixml.Property{Name: "mi", Value: clixml.Enum("System.Management.Automation.Remoting.RemoteHostMethodId", "Prompt", 23)}))}
	}
	if _, wanted, err := Refusal(call(noAnswer)); wanted || err != nil {
		t.Errorf("a call that wants no answer: %v, %v", wanted, err)
	}
	answer, wanted, err := Refusal(call(5))
	if !wanted || err != nil || answer.Type != PipelineHostResponse {
		t.Fatalf("a question: %+v, %v, %v", answer, wanted, err)
	}
	v, err := answer.Value()
	if err != nil {
		t.Fatal(err)
	}
	record, err := ReadError(v.Get("me"))
	if id, _ := v.Get("ci").Int(); id != 5 || err != nil || record.ID != "fedroute.NoHost" {
		t.Errorf("the answer is to call %d with %+v (%v)", id, record, err)
	}
	asked := call(5)
	asked.Type = RunspacePoolHostCall
	if answer, wanted, err := Refusal(asked); !wanted || err != nil || answer.Type != PoolHostResponse {
		t.Errorf("a question of the pool: %+v, %v, %v", answer, wanted, err)
	}
	one := func(name string) string {
		return clixml.Write(clixml.Object(clixml.Property{Name: name, Value: clixml.Int64(5)}))
	}
	for reason, text := range map[string]string{
		"no numbers": "<S>a</S>", "no method": one("ci"), "no call": one("mi"), "half an element": "<Obj", "two roots": "<S>a</S><S>b</S>",
	} {
		if _, wanted, err := Refusal(Message{Type: PipelineHostCall, Text: text}); err == nil || wanted {
			t.Errorf("%s: a host call was answered", reason)
		}
	}
}
