package wsman

import (
	"encoding/xml"
	"strings"
	"time"
)

// envelope is a request as it was received.
type envelope struct {
	XMLName xml.Name `xml:"http://www.w3.org/2003/05/soap-envelope Envelope"`
	Header  header   `xml:"http://www.w3.org/2003/05/soap-envelope Header"`
	Body    body     `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

type header struct {
	Action      string     `xml:"http://schemas.xmlsoap.org/ws/2004/08/addressing Action"`
	MessageID   string     `xml:"http://schemas.xmlsoap.org/ws/2004/08/addressing MessageID"`
	ResourceURI string     `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd ResourceURI"`
	Timeout     string     `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd OperationTimeout"`
	MaxEnvelope int        `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd MaxEnvelopeSize"`
	Locale      language   `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd Locale"`
	Selectors   []property `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd SelectorSet>Selector"`
	Options     []property `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd OptionSet>Option"`
	Others      []other    `xml:",any"`
}

type language struct {
	Lang string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
}

type property struct {
	Name  string `xml:"Name,attr"`
	Value string `xml:",chardata"`
}

// other is a header that this service does not use.
type other struct {
	XMLName        xml.Name
	MustUnderstand string `xml:"http://www.w3.org/2003/05/soap-envelope mustUnderstand,attr"`
}

type body struct {
	Shell     shellRequest   `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Shell"`
	Command   commandRequest `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell CommandLine"`
	Send      sendRequest    `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Send"`
	Receive   receiveRequest `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Receive"`
	Signal    signalRequest  `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Signal"`
	Connect   connectRequest `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Connect"`
	Enumerate struct {
		Optimize *struct{}  `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd OptimizeEnumeration"`
		Filter   []property `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd Filter>SelectorSet>Selector"`
	} `xml:"http://schemas.xmlsoap.org/ws/2004/09/enumeration Enumerate"`
}

type connectRequest struct {
	CommandID string `xml:"CommandId,attr"`
	XML       string `xml:"http://schemas.microsoft.com/powershell connectXml"`
}

type shellRequest struct {
	ID               string     `xml:"ShellId,attr"`
	CreationXML      string     `xml:"http://schemas.microsoft.com/powershell creationXml"`
	IdleTimeOut      string     `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell IdleTimeOut"`
	Lifetime         string     `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Lifetime"`
	WorkingDirectory string     `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell WorkingDirectory"`
	InputStreams     string     `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell InputStreams"`
	OutputStreams    string     `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell OutputStreams"`
	Environment      []property `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Environment>Variable"`
}

type commandRequest struct {
	CommandID string   `xml:"CommandId,attr"`
	Command   string   `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Command"`
	Arguments []string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Arguments"`
}

type sendRequest struct {
	Streams []struct {
		Name      string `xml:"Name,attr"`
		CommandID string `xml:"CommandId,attr"`
		End       string `xml:"End,attr"`
		Data      string `xml:",chardata"`
	} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Stream"`
}

type receiveRequest struct {
	Desired struct {
		CommandID string `xml:"CommandId,attr"`
		Names     string `xml:",chardata"`
	} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell DesiredStream"`
}

type signalRequest struct {
	CommandID string `xml:"CommandId,attr"`
	Code      string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Code"`
}

// code is the signal. Windows takes it in any case: pypsrp writes signal/Terminate.
func (s signalRequest) code() string { return strings.ToLower(strings.TrimSpace(s.Code)) }

// parseEnvelope reads a request. Its errors are faults.
func parseEnvelope(raw []byte) (*envelope, error) {
	var e envelope
	if err := xml.Unmarshal(raw, &e); err != nil {
		return &e, newFault(invalidXML, err.Error())
	}
	e.Header.Action = strings.TrimSpace(e.Header.Action)
	e.Header.MessageID = strings.TrimSpace(e.Header.MessageID)
	e.Header.ResourceURI = strings.TrimSpace(e.Header.ResourceURI)
	return &e, e.Header.understood()
}

// understood refuses headers that the client marked as mandatory and that this
// service does not know. It tolerates those of the protocol's own namespaces, as
// Windows does.
func (h *header) understood() error {
	for _, o := range h.Others {
		switch o.XMLName.Space {
		case nsSOAP, nsAddressing, nsTransfer, nsEnumerate, nsManagement, nsMicrosoft, nsShell:
			continue
		}
		if isTrue(o.MustUnderstand) {
			return newFault(mustUnderstand, o.XMLName.Local)
		}
	}
	return nil
}

// timeout is the request's OperationTimeout, or the machine's default.
func (h *header) timeout(def time.Duration) (time.Duration, error) {
	d, err := durationOr(h.Timeout, def)
	if err != nil {
		return 0, newFault(invalidTimeout, h.Timeout)
	}
	return d, nil
}

func durationOr(s string, def time.Duration) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return def, nil
	}
	d, err := parseDuration(s)
	if err != nil {
		return 0, newFault(schemaViolation, err.Error())
	}
	return d, nil
}

func (h *header) shellID() string           { return find(h.Selectors, "ShellId") }
func (h *header) option(name string) string { return find(h.Options, name) }

func find(list []property, name string) string {
	for _, p := range list {
		if strings.EqualFold(p.Name, name) {
			return strings.TrimSpace(p.Value)
		}
	}
	return ""
}

// isTrue reads an xs:boolean in the spellings that clients use.
func isTrue(s string) bool {
	s = strings.TrimSpace(s)
	return s == "1" || strings.EqualFold(s, "true")
}

// short is the last word of an action: Create, Receive.
func short(action string) string {
	return action[strings.LastIndexByte(action, '/')+1:]
}
