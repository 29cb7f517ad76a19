package winrm

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
)

const shellSpace = ` xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"`

// enveloped is a reply with a body.
func enveloped(body string) []byte {
	return []byte(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>` + body + `</s:Body></s:Envelope>`)
}

// TestNamesOfShells: a host names what it created, in an element of its own or, older ones,
// among the selectors. What could not stand in the next envelope is no name.
func TestNamesOfShells(t *testing.T) {
	shell := func(id string) string {
		return "<rsp:Shell" + shellSpace + "><rsp:ShellId>" + id + "</rsp:ShellId></rsp:Shell>"
	}
	selector := func(name, id string) string {
		return `<x:ResourceCreated xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer"><a:ReferenceParameters xmlns:a="a"><w:SelectorSet xmlns:w="w"><w:Selector Name="Other">o</w:Selector><w:Selector Name="` +
			name + `">` + id + `</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>`
	}
	long := strings.Repeat("a", 64)
	for name, c := range map[string]struct {
		body string
		want string // "" for an error
	}{
		"element":         {shell("{AB-1}"), "{AB-1}"},
		"with space":      {shell(" AB \n"), "AB"},
		"selector":        {selector("ShellId", "AB"), "AB"},
		"both":            {selector("ShellId", "CD") + shell("AB"), "AB"},
		"other selectors": {selector("Name", "AB"), ""},
		"none":            {"", ""},
		"longest":         {shell(long), long},
		"too long":        {shell(long + "a"), ""},
		"markup":          {shell("a&lt;b"), ""},
		"two words":       {shell("a b"), ""},
	} {
		got, err := readShellID(enveloped(c.body))
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
	command := func(id string) []byte {
		return enveloped("<rsp:CommandResponse" + shellSpace + "><rsp:CommandId>" + id + "</rsp:CommandId></rsp:CommandResponse>")
	}
	if got, err := readCommandID(command("AB")); got != "AB" || err != nil {
		t.Errorf("a command: %q, %v", got, err)
	}
	for reason, reply := range map[string][]byte{"another's characters": command("a/b"), "no name": enveloped(""), "no XML": []byte("<a")} {
		if got, err := readCommandID(reply); err == nil {
			t.Errorf("%s: a command %q", reason, got)
		}
		if got, err := readShellID(reply); err == nil {
			t.Errorf("%s: a shell %q", reason, got)
		}
	}
}

// TestOutputs: what a Receive brought is whole, or it is an error.
func TestOutputs(t *testing.T) {
	receive := func(inside string) []byte {
		return enveloped("<rsp:ReceiveResponse" + shellSpace + ">" + inside + "</rsp:ReceiveResponse>")
	}
	stream := func(name, text string) string { return `<rsp:Stream Name="` + name + `">` + text + `</rsp:Stream>` }
	state := func(word string) string {
		return `<rsp:CommandState State="http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/` + word + `"><rsp:ExitCode>3</rsp:ExitCode></rsp:CommandState>`
	}
	for name, c := range map[string]struct {
		reply []byte
		want  output
		fails bool
	}{
		"pieces":          {receive(stream("stdout", "YQ==") + stream("stderr", "ZQ==") + stream("stdout", " Yg== \n") + state("Running")), output{stdout: []byte("ab"), stderr: []byte("e"), exitCode: 3}, false},
		"the end":         {receive(stream("stdout", "") + state("Done")), output{ended: true, exitCode: 3}, false},
		"another stream":  {receive(stream("pr", "YQ==")), output{}, false},
		"damaged":         {receive(stream("stdout", "YQ=")), output{}, true},
		"damaged, unread": {receive(stream("pr", "YQ=")), output{}, true},
		"another answer":  {enveloped(""), output{}, true},
		"no XML":          {[]byte("<a"), output{}, true},
	} {
		got, err := readOutput(c.reply)
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(output{})); diff != "" || (err != nil) != c.fails {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

// TestAnswersAreChecked: a fault counts with any status, a status counts without one, and
// nothing is read that is larger than any answer of WinRM.
func TestAnswersAreChecked(t *testing.T) {
	says := func(detail, reason string) []byte {
		return enveloped(`<s:Fault><s:Code><s:Subcode><s:Value>w:TimedOut</s:Value></s:Subcode></s:Code><s:Reason><s:Text>` + reason +
			`</s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="f" Code="7"><f:Message>` + detail + `</f:Message></f:WSManFault></s:Detail></s:Fault>`)
	}
	for name, c := range map[string]struct {
		status int
		body   []byte
		want   string // "" for none
	}{
		"good":                {200, enveloped(""), ""},
		"fault":               {500, says("the detail", "the reason"), "the detail (WSMan fault 7)"},
		"fault with a 200":    {200, says("the detail", "the reason"), "the detail (WSMan fault 7)"},
		"fault without words": {500, says(" ", "the reason"), "the reason (WSMan fault 7)"},
		"silent fault":        {500, says("", ""), "WSMan fault 7 TimedOut"},
		"status":              {503, enveloped(""), "HTTP 503 Service Unavailable"},
		"page":                {404, []byte("<html>"), "HTTP 404 Not Found"},
		"refused":             {401, says("the detail", ""), "HTTP 401 Unauthorized"},
		"no envelope":         {200, []byte("hello"), "the answer is not a SOAP envelope: EOF"},
		"too deep":            {200, []byte(strings.Repeat("<a>", replyDepth+1)), "the answer is larger than any of WinRM"},
		"too many":            {200, enveloped(strings.Repeat("<a/>", replyNodes)), "the answer is larger than any of WinRM"},
	} {
		err := checkAnswer(c.status, []string{"Negotiate"}, c.body)
		if (err == nil) != (c.want == "") || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if refused := errors.Is(err, fault.ErrAccountRefused); refused != (c.status == 401) {
			t.Errorf("%s: an account is refused: %t", name, refused)
		}
	}
}
