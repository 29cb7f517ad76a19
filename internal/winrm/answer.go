package winrm

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/masterzen/winrm"
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
		Fault   *faultBody   `xml:"http://www.w3.org/2003/05/soap-envelope Fault"`
		Receive *receiveBody `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell ReceiveResponse"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
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

// checkAnswer returns an error for an answer that is a fault, has a bad HTTP status
// or is not an envelope.
func checkAnswer(status int, offers []string, body []byte) error {
	if status == http.StatusUnauthorized {
		return &statusError{status: status, offers: offers}
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

func (f *faultBody) fault() *wsmanFault {
	_, subcode, _ := strings.Cut(f.Subcode, ":")
	text := strings.Join(strings.Fields(f.Reason), " ")
	if text == "" {
		text = strings.Join(strings.Fields(f.Detail.Message), " ")
	}
	return &wsmanFault{code: f.Detail.Code, subcode: subcode, text: text}
}

// readOutput decodes a ReceiveResponse. The library's parser silently drops what is
// not valid base64, which would turn a damaged reply into a short one.
func readOutput(body []byte) (output, error) {
	var a answer
	if err := xml.Unmarshal(body, &a); err != nil {
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
	return readIdentifier(winrm.ParseOpenShellResponse, body, "shell")
}

func readCommandID(body []byte) (string, error) {
	return readIdentifier(winrm.ParseExecuteCommandResponse, body, "command")
}

func readIdentifier(parse func(string) (string, error), body []byte, what string) (string, error) {
	id, err := parse(string(body))
	if err != nil {
		return "", err
	}
	if !identifier.MatchString(id) {
		return "", fmt.Errorf("the answer names no %s id that could be used", what)
	}
	return id, nil
}
