package winrm

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

func TestDiagnosis(t *testing.T) {
	const head = "#< CLIXML\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">"
	cases := map[string]struct{ reason, stderr, want string }{
		"plain":    {"another program's words", "The system cannot\r\nfind the file.\r\n", "The system cannot find the file"},
		"error":    {"escapes are undone", head + `<S S="Error">Import-Module : gone_x000D__x000A_</S><S S="Error">At line:1 &lt;1&gt;</S></Objs>`, "Import-Module : gone At line:1 <1>"},
		"warning":  {"may tell why", head + `<S S="warning">low on memory</S></Objs>`, "low on memory"},
		"noise":    {"progress and verbose tell nothing", head + `<Obj S="progress" RefId="0"><MS><S N="Activity">Loading</S></MS></Obj><S S="verbose">v</S></Objs>`, ""},
		"mixed":    {"cmd.exe speaks before PowerShell", "chcp failed\r\n" + head + `<S S="Error">e</S></Objs>`, "chcp failed e"},
		"cut":      {"what came is told", head + `<S S="Error">first</S><S S="Err`, "first"},
		"broken":   {"no XML at all", "#< CLIXML\r\n<<<", ""},
		"not code": {"an underscore alone is text", head + `<S S="Error">_xZZZZ_ _x0041_</S></Objs>`, "_xZZZZ_ A"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := diagnosis([]byte(c.stderr)); got != c.want {
				t.Errorf("%s: got %q, want %q", c.reason, got, c.want)
			}
		})
	}
}

func TestCommandLineFitsAndDecodes(t *testing.T) {
	program, arguments := commandLine()
	whole := program + " " + strings.Join(arguments, " ")
	// 8191 is the limit of cmd.exe.
	if len(whole) > 8191 {
		t.Errorf("the command line has %d characters", len(whole))
	}
	raw, err := base64.StdEncoding.DecodeString(arguments[len(arguments)-1])
	if err != nil {
		t.Fatal(err)
	}
	var units []uint16
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, uint16(raw[i])|uint16(raw[i+1])<<8)
	}
	if diff := cmp.Diff(bootstrapScript, string(utf16.Decode(units))); diff != "" {
		t.Errorf("bootstrap (-want +got):\n%s", diff)
	}
}

// TestScriptsKeepToTheirRules: neither script uses anything that the comments in both files rule
// out, such as syntax newer than PowerShell 3.0.
func TestScriptsKeepToTheirRules(t *testing.T) {
	for name, script := range map[string]string{"bootstrap.ps1": bootstrapScript, "worker.ps1": workerScript} {
		for _, forbidden := range []string{"::new(", "??", "&&", "||", "$global:", "$script:", "$input", "Invoke-Expression"} {
			if strings.Contains(script, forbidden) {
				t.Errorf("%s has %s", name, forbidden)
			}
		}
		for i, line := range strings.Split(script, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "exit") {
				t.Errorf("%s line %d ends the process", name, i+1)
			}
		}
	}
}

func TestPrintedLinesArriveInAnyPieces(t *testing.T) {
	const mark = tag("fedroute-T:")
	frame := func(json string) string {
		return string(mark) + base64.StdEncoding.EncodeToString([]byte(json)) + "\r\n"
	}
	text := "noise\r\n" + frame(`{"id":1,"result":[1]}`) + "\r\nhalf a line " + frame(`{"id":2,"result":[2]}`) + "fedroute-unsupported X 2.0\r\n"
	for size := 1; size <= len(text); size++ {
		p := &printed{tag: mark, limit: 1 << 10}
		var ids []int64
		for piece := range slices.Chunk([]byte(text), size) {
			replies, err := p.take(output{stdout: piece})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range replies {
				ids = append(ids, r.ID)
			}
		}
		if diff := cmp.Diff([]int64{1, 2}, ids); diff != "" {
			t.Errorf("pieces of %d (-want +got):\n%s", size, diff)
		}
		if p.strayLines() != 1 || p.unsupported != "X 2.0" {
			t.Errorf("pieces of %d: %+v", size, p)
		}
	}
}

func TestStandardErrorIsBounded(t *testing.T) {
	p := &printed{tag: newTag(), limit: 1 << 10}
	for range 10 {
		if _, err := p.take(output{stderr: bytes.Repeat([]byte("x"), 5000)}); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.stderr) != diagnosisLimit {
		t.Errorf("%d bytes kept", len(p.stderr))
	}
}

func TestArgumentsAreAnObject(t *testing.T) {
	for _, wrong := range []any{[]int{1}, "text", 5, true, func() {}, map[string]any{"f": func() {}}} {
		if got, err := encodeArguments(wrong); err == nil {
			t.Errorf("%T: got %s", wrong, got)
		}
	}
}

func TestChunksFitTheEnvelope(t *testing.T) {
	for _, envelope := range []int{32 << 10, 153_600, 512_000} {
		e := newEnvelopes("https://"+strings.Repeat("h", 250)+":5986/wsman", Options{EnvelopeSize: envelope}.withDefaults())
		id := strings.Repeat("0", 64)
		if got := len(e.send(id, id, make([]byte, chunkSize(envelope)))); got > envelope {
			t.Errorf("envelope of %d bytes where %d are allowed", got, envelope)
		}
	}
}

// FuzzAnswers feeds anything that a host may send to all functions that read a host's answers.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		"", "<", "<a/>", "#< CLIXML\n<S S=\"Error\">_x0041_", "fedroute-T:e30=\n", "fedroute-T:!\n",
		`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Detail><f:WSManFault xmlns:f="x" Code="99999999999"/></s:Detail></s:Fault></s:Body></s:Envelope>`,
		`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><ReceiveResponse xmlns="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><Stream Name="stdout">!</Stream></ReceiveResponse></s:Body></s:Envelope>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_ = checkAnswer(200, nil, body)
		_, _ = readOutput(body)
		if id, err := readShellID(body); err == nil && !identifier.MatchString(id) {
			t.Errorf("id %q was let through", id)
		}
		_ = diagnosis(body)
		p := &printed{tag: "fedroute-T:", limit: 1 << 10}
		_, _ = p.take(output{stdout: body, stderr: body})
	})
}
