package winrm

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// A reply of Windows to a Receive holds some twenty elements and attributes and a few for
// each stream, and is at most 9 deep.
const (
	replyNodes = 20_000
	replyDepth = 64
)

// output is what the answer to one Receive brought.
type output struct {
	stdout, stderr []byte
	ended          bool // the process is gone
	exitCode       int
}

// answer is a reply's body, read by namespace because every WSMan server has its
// own prefixes.
type answer struct {
	Body struct {
		Created *createdBody `xml:"http://schemas.xmlsoap.org/ws/2004/09/transfer ResourceCreated"`
		Shell   string       `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Shell>ShellId"`
		Command string       `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell CommandResponse>CommandId"`
		Fault   *faultBody   `xml:"http://www.w3.org/2003/05/soap-envelope Fault"`
		Receive *receiveBody `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell ReceiveResponse"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

// createdBody names what was created. Older hosts name a shell only here.
type createdBody struct {
	Selectors []struct {
		Name  string `xml:"Name,attr"`
		Value string `xml:",chardata"`
	} `xml:"ReferenceParameters>SelectorSet>Selector"`
}

type receiveBody struct {
	Streams []struct {
		Name string `xml:"Name,attr"`
		Data string `xml:",chardata"`
	} `xml:"Stream"`
	State struct {
		State    string `xml:"State,attr"`
		ExitCode int    `xml:"ExitCode"`
	} `xml:"CommandState"`
}

type faultBody struct {
	Subcode string `xml:"Code>Subcode>Value"`
	Reason  string `xml:"Reason>Text"`
	Detail  struct {
		Code    uint32 `xml:"Code,attr"`
		Message string `xml:"Message"`
	} `xml:"Detail>WSManFault"`
}

// checkAnswer returns an error for an answer that is a fault, has a bad HTTP status, is
// not an envelope, or holds more than any of WinRM. It comes before every other reader of
// an answer.
func checkAnswer(status int, offers []string, body []byte) error {
	if status == http.StatusUnauthorized {
		return &statusError{status: status, offers: offers}
	}
	bounds := remote.XMLBounds{Nodes: replyNodes, Depth: replyDepth}
	if err := bounds.Take(string(body)); err != nil {
		return fault.New(fault.Failed, "read the answer of", "the host", "the answer is larger than any of WinRM: "+err.Error()).
			With("it is not read", "check that WinRM itself answers at that address, and not something between")
	}
	var a answer
	err := xml.Unmarshal(body, &a)
	if err == nil && a.Body.Fault != nil {
		return a.Body.Fault.fault()
	}
	if status != http.StatusOK {
		return &statusError{status: status}
	}
	if err != nil {
		return fmt.Errorf("the answer is not a SOAP envelope: %w", err)
	}
	return nil
}

// fault tells the detail's message, which says what was wrong. The reason only says what
// kind of fault it is, and is told where the message has no text of its own.
func (f *faultBody) fault() *wsmanFault {
	_, subcode, _ := strings.Cut(f.Subcode, ":")
	text := fault.Line(f.Detail.Message)
	if text == "" {
		text = fault.Line(f.Reason)
	}
	return &wsmanFault{code: f.Detail.Code, subcode: subcode, text: text}
}

// readOutput decodes a ReceiveResponse. The library's parser silently drops what is
// not valid base64, which would turn a damaged reply into a short one.
func readOutput(body []byte) (output, error) {
	a, err := readAnswer(body)
	if err != nil {
		return output{}, err
	}
	received := a.Body.Receive
	if received == nil {
		return output{}, errors.New("the answer to Receive has no ReceiveResponse")
	}
	var out output
	for _, stream := range received.Streams {
		data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(stream.Data))
		if err != nil {
			return output{}, fmt.Errorf("stream %s: %w", stream.Name, err)
		}
		switch stream.Name {
		case "stdout":
			out.stdout = append(out.stdout, data...)
		case "stderr":
			out.stderr = append(out.stderr, data...)
		}
	}
	out.ended = strings.HasSuffix(received.State.State, "/CommandState/Done")
	out.exitCode = received.State.ExitCode
	return out, nil
}

// identifier is how a server may name its shells and commands. The name goes into
// the next envelope, so no other characters are let through.
var identifier = regexp.MustCompile(`^[0-9A-Za-z{}-]{1,64}$`)

func readShellID(body []byte) (string, error) {
	a, err := readAnswer(body)
	if err != nil {
		return "", err
	}
	id := a.Body.Shell
	if id == "" && a.Body.Created != nil {
		for _, s := range a.Body.Created.Selectors {
			if s.Name == "ShellId" {
				id = s.Value
			}
		}
	}
	return usable(id, "shell")
}

func readCommandID(body []byte) (string, error) {
	a, err := readAnswer(body)
	if err != nil {
		return "", err
	}
	return usable(a.Body.Command, "command")
}

func readAnswer(body []byte) (a answer, err error) {
	err = xml.Unmarshal(body, &a)
	return a, err
}

func usable(id, what string) (string, error) {
	id = strings.TrimSpace(id)
	if !identifier.MatchString(id) {
		return "", fmt.Errorf("the answer names no %s id that could be used", what)
	}
	return id, nil
}
