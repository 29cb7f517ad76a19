package psrp

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"time"

	"github.com/masterzen/winrm/soap"

	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/internal/winrm"
)

// envelopes builds the messages of one pool (MS-WSMV 3.1.4, MS-PSRP 3.1.5.3). The
// library writes the header; its own requests are for cmd.exe only.
type envelopes struct {
	url, resource string     // escaped already: the library writes text as it is
	shell         message.ID // the pool's id, or the name that the host gave the shell
	timeout, idle string
	size          int
}

const (
	shellNamespace = soap.NS_WIN_SHELL
	psNamespace    = "http://schemas.microsoft.com/powershell"
	transfer       = "http://schemas.xmlsoap.org/ws/2004/09/transfer/"

	// signalStop has this spelling on the wire (MS-PSRP 3.1.5.3.9).
	signalStop = "powershell/signal/crtl_c"
	// signalFree lets the host forget a command (MS-WSMV 2.2.4.38).
	signalFree = shellNamespace + "/signal/terminate"
)

func newEnvelopes(url, configuration string, pool message.ID, o winrm.Options) envelopes {
	return envelopes{
		url: escape(url), resource: escape(psNamespace + "/" + configuration), shell: pool,
		timeout: seconds(o.OperationTimeout), idle: seconds(o.IdleTimeout), size: o.EnvelopeSize,
	}
}

// create makes the pool. The shell gets the pool's id. The elements stand in the
// order in which Windows was seen to accept them.
func (e envelopes) create(opening []byte) string {
	return e.write(transfer+"Create", versioned, fmt.Sprintf(
		`<rsp:Shell ShellId="%s"><rsp:InputStreams>stdin pr</rsp:InputStreams><rsp:OutputStreams>stdout</rsp:OutputStreams>`+
			`<rsp:IdleTimeOut>%s</rsp:IdleTimeOut><creationXml xmlns="%s">%s</creationXml></rsp:Shell>`,
		e.shell, e.idle, psNamespace, encode(opening)))
}

// command starts a pipeline with its first fragment. The command line itself stays
// empty (MS-PSRP 3.1.5.3.3).
func (e envelopes) command(command message.ID, first []byte) string {
	return e.write(shellNamespace+"/Command", inPool, fmt.Sprintf(
		`<rsp:CommandLine CommandId="%s"><rsp:Command /><rsp:Arguments>%s</rsp:Arguments></rsp:CommandLine>`, command, encode(first)))
}

func (e envelopes) send(to Input, command message.ID, fragments []byte) string {
	return e.write(shellNamespace+"/Send", inPool, fmt.Sprintf(
		`<rsp:Send><rsp:Stream%s Name="%s">%s</rsp:Stream></rsp:Send>`, of(command), to, encode(fragments)))
}

// receive waits for output of a pipeline, or of the pool. The option lets the host
// answer as soon as there is any (MS-WSMV 2.2.4.14).
func (e envelopes) receive(command message.ID) string {
	return e.write(shellNamespace+"/Receive", patient, fmt.Sprintf(
		`<rsp:Receive><rsp:DesiredStream%s>stdout</rsp:DesiredStream></rsp:Receive>`, of(command)))
}

func (e envelopes) signal(command message.ID, code string) string {
	return e.write(shellNamespace+"/Signal", inPool, fmt.Sprintf(
		`<rsp:Signal%s><rsp:Code>%s</rsp:Code></rsp:Signal>`, of(command), code))
}

func (e envelopes) delete() string { return e.write(transfer+"Delete", inPool, "") }

// disconnect leaves the pool to the host for the idle time (MS-WSMV 3.1.4.13).
func (e envelopes) disconnect() string {
	return e.write(shellNamespace+"/Disconnect", inPool, `<rsp:Disconnect />`)
}

// connect takes a pool over that another client left (MS-WSMV 3.1.4.17).
func (e envelopes) connect(connecting []byte) string {
	return e.write(shellNamespace+"/Connect", versioned|inPool, fmt.Sprintf(
		`<rsp:Connect><connectXml xmlns="%s">%s</connectXml></rsp:Connect>`, psNamespace, encode(connecting)))
}

// resume takes over one of the pool's pipelines.
func (e envelopes) resume(command message.ID) string {
	return e.write(shellNamespace+"/Connect", inPool, fmt.Sprintf(`<rsp:Connect%s />`, of(command)))
}

// heading lists what an envelope's header has besides the usual elements.
type heading int

const (
	versioned heading = 1 << iota // the version of the protocol
	inPool                        // the pool's id
	keepAlive
	patient = inPool | keepAlive
)

func (e envelopes) write(action string, has heading, body string) string {
	m := soap.NewMessage()
	header := m.Header().
		To(e.url).ReplyTo(soap.NS_ADDRESSING + "/role/anonymous").
		MaxEnvelopeSize(e.size).Timeout(e.timeout).Id("uuid:" + message.NewID().String()).Locale("en-US").
		Action(action).ResourceURI(e.resource)
	if has&inPool != 0 {
		header.ShellId(e.shell.String())
	}
	if has&versioned != 0 {
		header.AddOption(soap.NewHeaderOption("protocolversion", message.ProtocolVersion))
	}
	if has&keepAlive != 0 {
		header.AddOption(soap.NewHeaderOption("WSMAN_CMDSHELL_OPTION_KEEPALIVE", "TRUE"))
	}
	header.Build().NewBody().SetContent(body)
	return m.String()
}

// of names a pipeline's command; the pool needs no name.
func of(command message.ID) string {
	if command == (message.ID{}) {
		return ""
	}
	return fmt.Sprintf(` CommandId="%s"`, command)
}

func encode(octets []byte) string { return base64.StdEncoding.EncodeToString(octets) }

// seconds writes an xs:duration.
func seconds(d time.Duration) string { return fmt.Sprintf("PT%.3fS", d.Seconds()) }

func escape(text string) string {
	var b bytes.Buffer
	// A bytes.Buffer takes every write.
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}
