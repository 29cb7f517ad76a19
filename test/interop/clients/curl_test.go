//go:build interop

package clients_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
)

// curl sends each message with a new curl process, and so signs in for each message.
type curl struct{}

func newCurl(*testing.T) client { return curl{} }

const (
	shellURI = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
	envelope = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><s:Header>
<a:To>http://localhost/wsman</a:To><a:MessageID>uuid:7A6B0D2F-0000-4000-8000-000000000001</a:MessageID>
<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>
<w:ResourceURI s:mustUnderstand="true">%s/cmd</w:ResourceURI><a:Action s:mustUnderstand="true">%s</a:Action>
<w:MaxEnvelopeSize>153600</w:MaxEnvelopeSize><w:OperationTimeout>PT%dS</w:OperationTimeout>%s</s:Header><s:Body>%s</s:Body></s:Envelope>`
	createAction = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create"
	deleteAction = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete"
	utf8Page     = `<w:OptionSet><w:Option Name="WINRS_CODEPAGE">65001</w:Option></w:OptionSet>`
	newShell     = `<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>`
	timedOut     = "2150858793"
)

func (curl) ask(s signIn, asks ...question) (got []answer, err error) {
	reply, err := s.post(createAction, utf8Page, newShell)
	if err != nil {
		return nil, err
	}
	shell := curlShell{s, fmt.Sprintf(`<w:SelectorSet><w:Selector Name="ShellId">%s</w:Selector></w:SelectorSet>`, text(reply, "ShellId"))}
	defer func() {
		_, closing := s.post(deleteAction, shell.selector, "")
		err = errors.Join(err, closing)
	}()
	for _, q := range asks {
		a, err := shell.run(q)
		if err != nil {
			return nil, err
		}
		got = append(got, a)
	}
	return got, nil
}

// curlShell is an open shell. A header identifies it.
type curlShell struct {
	signIn
	selector string
}

func (s curlShell) do(action, body string) (*etree.Element, error) {
	return s.post(shellURI+"/"+action, s.selector, body)
}

func (s curlShell) run(q question) (a answer, err error) {
	reply, err := s.do("Command", "<rsp:CommandLine><rsp:Command>"+escaped(q.Line)+"</rsp:Command></rsp:CommandLine>")
	if err != nil {
		return a, err
	}
	command := text(reply, "CommandId")
	defer func() {
		_, ending := s.do("Signal", fmt.Sprintf(`<rsp:Signal CommandId="%s"><rsp:Code>%s/signal/terminate</rsp:Code></rsp:Signal>`, command, shellURI))
		err = errors.Join(err, ending)
	}()
	if q.Stdin != "" {
		data := base64.StdEncoding.EncodeToString([]byte(q.Stdin))
		if _, err := s.do("Send", fmt.Sprintf(`<rsp:Send><rsp:Stream Name="stdin" CommandId="%s" End="true">%s</rsp:Stream></rsp:Send>`, command, data)); err != nil {
			return a, err
		}
	}
	return s.receive(command, q.Deadline)
}

// receive asks for output until the command is done or the client gives up.
func (s curlShell) receive(command string, patience time.Duration) (answer, error) {
	began := time.Now()
	var a answer
	for {
		if patience > 0 && time.Since(began) > patience {
			return answer{GaveUp: true}, nil
		}
		reply, err := s.do("Receive", fmt.Sprintf(`<rsp:Receive><rsp:DesiredStream CommandId="%s">stdout stderr</rsp:DesiredStream></rsp:Receive>`, command))
		if err != nil && strings.Contains(err.Error(), timedOut) {
			continue
		}
		if err != nil {
			return a, err
		}
		for _, stream := range reply.FindElements("//Stream") {
			piece, err := base64.StdEncoding.DecodeString(stream.Text())
			if err != nil {
				return a, err
			}
			if stream.SelectAttrValue("Name", "") == "stderr" {
				a.Err += string(piece)
			} else {
				a.Out += string(piece)
			}
		}
		if code := text(reply, "ExitCode"); code != "" {
			_, err := fmt.Sscan(code, &a.Code)
			return a, err
		}
	}
}

// post sends one message and returns the reply. When the reply is a fault, the error has
// the fault's code.
func (s signIn) post(action, header, body string) (*etree.Element, error) {
	seconds := s.OperationTimeout
	if seconds == 0 {
		seconds = 20
	}
	message := fmt.Sprintf(envelope, shellURI, action, seconds, header, body)
	cmd := exec.Command("curl", append(s.curl(), "--silent", "--show-error", "--max-time", "60", "--cacert", s.CA, "--data-binary", "@-",
		"--header", "Content-Type: application/soap+xml;charset=UTF-8", "--write-out", "\n%{http_code}")...)
	cmd.Env = append(os.Environ(), s.kerberosEnv()...)
	cmd.Stdin = strings.NewReader(message)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("curl: %w: %s", err, out)
	}
	end := strings.LastIndexByte(string(out), '\n')
	reply, status := string(out[:end]), string(out[end+1:])
	if status == "401" {
		return nil, errors.New("401")
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromString(reply); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", status, err, reply)
	}
	if fault := doc.FindElement("//WSManFault"); fault != nil {
		return nil, fmt.Errorf("%s: fault %s", status, fault.SelectAttrValue("Code", ""))
	}
	return doc.Root(), nil
}

// curl returns the sign-in as arguments. For Kerberos the machine must have its name.
func (s signIn) curl() []string {
	user := s.User + ":" + s.Password
	switch s.Method {
	case "Basic":
		return []string{"--basic", "--user", user, s.Machine.URL}
	case "NTLM":
		return []string{"--ntlm", "--user", user, s.Machine.URL}
	case "Kerberos":
		at := net.JoinHostPort(s.Machine.Machine, s.Port)
		return []string{"--negotiate", "--user", ":", "--resolve", at + ":" + s.Host, "https://" + at + "/wsman"}
	default:
		return []string{"--cert", s.Cert, "--key", s.Key, s.Machine.URL,
			"--header", "Authorization: http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"}
	}
}

func text(e *etree.Element, name string) string {
	if found := e.FindElement("//" + name); found != nil {
		return found.Text()
	}
	return ""
}

var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
