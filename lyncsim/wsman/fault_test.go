package wsman_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

func TestFaultsOfBadRequests(t *testing.T) {
	l := running(t, wait)
	tests := map[string]struct {
		reason  string
		ask     func(c *client) *answer
		code    uint32
		subcode string
	}{
		"UnknownShell": {
			reason: "a shell that is gone",
			ask:    func(c *client) *answer { c.shell = "00000000-0000-0000-0000-000000000000"; return c.command("x") },
			code:   wsman.CodeUnknownShell, subcode: "w:InvalidSelectors",
		},
		"UnknownCommand": {
			reason: "a command that never was: the same code, another text",
			ask:    func(c *client) *answer { c.create(); return c.receive("00000000") },
			code:   wsman.CodeUnknownShell, subcode: "w:InvalidSelectors",
		},
		"DeletedTwice": {
			reason: "the second Delete finds nothing",
			ask:    func(c *client) *answer { c.create(); c.delete(); return c.delete() },
			code:   wsman.CodeUnknownShell, subcode: "w:InvalidSelectors",
		},
		"BadAction": {
			reason: "an action nobody knows",
			ask:    func(c *client) *answer { return c.do("http://example/Dance", "") },
			code:   wsman.CodeActionNotSupported, subcode: "a:ActionNotSupported",
		},
		"BadXML": {
			reason: "not XML",
			ask:    func(c *client) *answer { return mustPost(c, "<Envelope>") },
			code:   wsman.CodeSchemaViolation, subcode: "w:SchemaValidationError",
		},
		"BadBase64": {
			reason: "stdin that is not base64",
			ask: func(c *client) *answer {
				id := c.run("x")
				return c.do(nsShell+"/Send", `<sh:Send><sh:Stream Name="stdin" CommandId="`+id+`">~~~</sh:Stream></sh:Send>`)
			},
			code: wsman.CodeSchemaViolation, subcode: "w:SchemaValidationError",
		},
		"BadTimeout": {
			reason: "an operation timeout that is no duration",
			ask:    func(c *client) *answer { c.headers = `<m:OperationTimeout>60</m:OperationTimeout>`; return c.create() },
			code:   wsman.CodeInvalidHeader, subcode: "a:InvalidMessageInformationHeader",
		},
		"SmallEnvelope": {
			reason: "an envelope too small for any reply",
			ask:    func(c *client) *answer { c.headers = `<m:MaxEnvelopeSize>100</m:MaxEnvelopeSize>`; return c.create() },
			code:   wsman.CodeMaxEnvelopeTooSmall, subcode: "w:EncodingLimit",
		},
		"LargeEnvelope": {
			reason: "a request beyond the server's limit",
			ask:    func(c *client) *answer { return mustPost(c, strings.Repeat("x", 600<<10)) },
			code:   wsman.CodeEnvelopeTooLarge, subcode: "w:EncodingLimit",
		},
		"MustUnderstand": {
			reason: "an unknown header that the client insists on",
			ask: func(c *client) *answer {
				c.headers = `<z:Odd xmlns:z="urn:odd" Q:mustUnderstand="true"/>`
				return c.create()
			},
			code: wsman.CodeMustUnderstand,
		},
		"LongCommandLine": {
			reason: "more than CreateProcess takes",
			ask:    func(c *client) *answer { c.create(); return c.command(strings.Repeat("x", 32767)) },
			code:   wsman.CodeCommandLineTooLong, subcode: "w:InternalError",
		},
		"NoSuchProgram": {
			reason: "without cmd.exe a missing program is a fault",
			ask: func(c *client) *answer {
				c.create()
				c.headers = `<m:OptionSet><m:Option Name="WINRS_SKIP_CMD_SHELL">TRUE</m:Option></m:OptionSet>`
				return c.command("nosuch")
			},
			code: wsman.CodeFileNotFound, subcode: "w:InternalError",
		},
		"StdinOfADeadProcess": {
			reason: "the pipe has been ended",
			ask: func(c *client) *answer {
				id := c.run("x")
				l.KillProcesses(1)
				c.drain(id)
				return c.send(id, "late", "")
			},
			code: wsman.CodeBrokenPipe, subcode: "w:InternalError",
		},
		"ReceiveAfterTerminate": {
			reason: "the operation was aborted",
			ask:    func(c *client) *answer { id := c.run("x"); c.signal(id, "terminate"); return c.receive(id) },
			code:   wsman.CodeAborted, subcode: "w:InternalError",
		},
		"AnothersShell": {
			reason: "shells belong to who opened them",
			ask: func(c *client) *answer {
				c.create()
				c.basic("other", "other")
				return c.command("x")
			},
			code: wsman.CodeAccessDenied, subcode: "w:AccessDenied",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := tc.ask(l.client(t))
			if a.Status != http.StatusInternalServerError || a.code() != tc.code || a.Body.Fault.Subcode != tc.subcode {
				t.Errorf("%s: status %d, code %d, subcode %s", tc.reason, a.Status, a.code(), a.Body.Fault.Subcode)
			}
			if !strings.HasSuffix(a.Header.Action, "/fault") || a.Body.Fault.Detail.Machine != machine || a.unfilled() {
				t.Errorf("shape: %s", a.Raw)
			}
		})
	}
}

func mustPost(c *client, raw string) *answer {
	c.t.Helper()
	a, err := c.post(raw)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

func TestFaultTextsFollowTheLocale(t *testing.T) {
	german := newLab(t, func(c *wsman.Config, _ *pki.CA) { c.Languages = []string{"de-DE"} })
	both := newLab(t, func(c *wsman.Config, _ *pki.CA) { c.Languages = []string{"en-US", "de-DE"} })
	tests := map[string]struct {
		reason string
		lab    *lab
		locale string
		text   string
	}{
		"GermanHost":     {"a host without English answers an English client in German", german, "en-US", "Fehler"},
		"RequestHonored": {"an installed language is used when asked for", both, "de-DE", "Fehler"},
		"FirstInstalled": {"otherwise the host's own", both, "fr-FR", "The request"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := tc.lab.client(t)
			c.shell = "1"
			c.headers = `<m:Locale xml:lang="` + tc.locale + `" Q:mustUnderstand="false"/>`
			a := c.command("x")
			if a.code() != wsman.CodeUnknownShell || !strings.HasPrefix(a.Body.Fault.Text, tc.text) {
				t.Errorf("%s: %d %s", tc.reason, a.code(), a.Body.Fault.Text)
			}
		})
	}
}

func TestEveryLanguageHasEveryText(t *testing.T) {
	l := newLab(t, func(c *wsman.Config, _ *pki.CA) { c.Languages = wsman.Languages() })
	for _, lang := range wsman.Languages() {
		for _, code := range []uint32{5, 87, 170, 995, 2147942402, 2147942509, 2147942606, 2147943418, 2150858768, 2150858769,
			2150858771, 2150858790, 2150858793, 2150858811, 2150858817, 2150858823, 2150858843, 2150859173, 2150859174, 2150859204, 2150859213, 2150859241, 2150859261, 12345} {
			l.Misbehave(wsman.Rule{Effect: wsman.Fault, Code: code, Times: 1})
			c := l.client(t)
			c.headers = `<m:Locale xml:lang="` + lang + `"/>`
			a := c.create()
			if a.code() != code || len(strings.TrimSpace(a.Body.Fault.Text)) < 10 || a.unfilled() {
				t.Errorf("%s %d: %s", lang, code, a.Raw)
			}
		}
	}
}

func TestSendWhileASendWaitsIsBusy(t *testing.T) {
	started := make(chan struct{})
	read := make(chan struct{})
	l := running(t, program(func(_ context.Context, p wsman.Process) int {
		close(started)
		<-read
		n, _ := io.Copy(io.Discard, p.Stdin)
		return int(n)
	}))
	c := l.client(t)
	id := c.run("slow reader")
	<-started
	const piece = 300 << 10
	for range 3 { // small enough for the pipe
		c.send(id, strings.Repeat("x", piece), "")
	}
	waiting := make(chan *answer)
	go func() { waiting <- c.send(id, strings.Repeat("x", piece), "") }()
	var a *answer
	for a = c.send(id, "", ""); a.code() != wsman.CodeBusy; a = c.send(id, "", "") {
		if a.Status != http.StatusOK { // until the fourth piece has arrived
			t.Fatalf("send: %s", a.Raw)
		}
	}
	close(read)
	if a := <-waiting; a.Status != http.StatusOK {
		t.Errorf("the waiting send: %s", a.Raw)
	}
	c.send(id, "", `End="true"`)
	if _, _, exit := c.drain(id); exit != 4*piece {
		t.Errorf("the process read %d bytes", exit)
	}
}
