package winrm

import (
	"bytes"
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"time"

	"github.com/masterzen/winrm"
	"github.com/masterzen/winrm/soap"
)

// envelopes builds the six messages of one WinRS shell (MS-WSMV 3.1.4).
type envelopes struct {
	url    string // already escaped: the soap package writes text as it is
	idle   time.Duration
	params *winrm.Parameters
}

const (
	actionCreate  = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create"
	actionCommand = soap.NS_WIN_SHELL + "/Command"
	resourceCmd   = soap.NS_WIN_SHELL + "/cmd"
	anonymous     = soap.NS_ADDRESSING + "/role/anonymous"
)

func newEnvelopes(url string, o Options) envelopes {
	return envelopes{
		url:    escape(url),
		idle:   o.IdleTimeout,
		params: winrm.NewParameters(duration(o.OperationTimeout), "en-US", o.EnvelopeSize),
	}
}

// create asks for a shell without a profile, in UTF-8, that the host removes after a
// short idle time. The library's own request cannot ask for an idle time or for a
// shell without a profile.
func (e envelopes) create() string {
	message := e.header(actionCreate).
		AddOption(soap.NewHeaderOption("WINRS_NOPROFILE", "TRUE")).
		AddOption(soap.NewHeaderOption("WINRS_CODEPAGE", "65001")).
		Build()
	shell := message.CreateBodyElement("Shell", soap.DOM_NS_WIN_SHELL)
	for _, part := range [...]struct{ name, text string }{
		{"IdleTimeOut", duration(e.idle)},
		{"InputStreams", "stdin"},
		{"OutputStreams", "stdout stderr"},
	} {
		message.CreateElement(shell, part.name, soap.DOM_NS_WIN_SHELL).SetContent(part.text)
	}
	return message.String()
}

// command starts the program through cmd.exe, with standard input as a pipe. The option
// to do without cmd.exe is not used: before Windows Server 2012 R2 a program is then found
// by its full path only, and later versions pass it over. The library's own request makes
// standard input a console.
func (e envelopes) command(shell, program string, arguments []string) string {
	message := e.header(actionCommand).
		ShellId(shell).
		AddOption(soap.NewHeaderOption("WINRS_CONSOLEMODE_STDIN", "FALSE")).
		Build()
	line := message.CreateBodyElement("CommandLine", soap.DOM_NS_WIN_SHELL)
	message.CreateElement(line, "Command", soap.DOM_NS_WIN_SHELL).SetContent(escape(program))
	for _, argument := range arguments {
		message.CreateElement(line, "Arguments", soap.DOM_NS_WIN_SHELL).SetContent(escape(argument))
	}
	return message.String()
}

func (e envelopes) send(shell, command string, input []byte) string {
	return winrm.NewSendInputRequest(e.url, shell, command, input, false, e.params).String()
}

func (e envelopes) receive(shell, command string) string {
	return winrm.NewGetOutputRequest(e.url, shell, command, "stdout stderr", e.params).String()
}

func (e envelopes) delete(shell string) string {
	return winrm.NewDeleteShellRequest(e.url, shell, e.params).String()
}

func (e envelopes) header(action string) *soap.SoapHeader {
	return soap.NewMessage().Header().
		To(e.url).
		ReplyTo(anonymous).
		MaxEnvelopeSize(e.params.EnvelopeSize).
		Timeout(e.params.Timeout).
		Id(messageID()).
		Locale(e.params.Locale).
		Action(action).
		ResourceURI(resourceCmd)
}

// messageID is a random UUID (RFC 9562, version 4).
func messageID() string {
	var id [16]byte
	// crypto/rand.Read never fails.
	_, _ = rand.Read(id[:])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("uuid:%X-%X-%X-%X-%X", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// duration writes an xs:duration in seconds.
func duration(d time.Duration) string { return fmt.Sprintf("PT%.3fS", d.Seconds()) }

func escape(text string) string {
	var b bytes.Buffer
	// A bytes.Buffer takes every write.
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}
