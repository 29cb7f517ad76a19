package psrp

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/internal/psrp/message"
)

// answer is the body of a host's answer to an envelope. It is no fault: the
// connection returns faults as errors.
type answer struct {
	Shell   string `xml:"Body>ResourceCreated>ReferenceParameters>SelectorSet>Selector"` // older hosts name it only here
	Command string `xml:"Body>CommandResponse>CommandId"`
	Connect *struct {
		First string `xml:"connectResponseXml"`
	} `xml:"Body>ConnectResponse"`
	Receive *struct {
		Streams []struct {
			Name    string `xml:"Name,attr"`
			Command string `xml:"CommandId,attr"`
			Data    string `xml:",chardata"`
		} `xml:"Stream"`
		State struct {
			State string `xml:"State,attr"`
		} `xml:"CommandState"`
	} `xml:"Body>ReceiveResponse"`
}

func readAnswer(body []byte) (answer, error) {
	var a answer
	if err := xml.Unmarshal(body, &a); err != nil {
		return a, &damagedError{err}
	}
	return a, nil
}

// octets gives the octets of a ReceiveResponse for the pipeline, or for the pool;
// done reports that no more will come.
func (a answer) octets(pipeline message.ID) (all []byte, done bool, err error) {
	if a.Receive == nil {
		return nil, false, &damagedError{errors.New("the answer to Receive has no ReceiveResponse")}
	}
	for _, s := range a.Receive.Streams {
		if s.Name != "stdout" || s.Command != "" && !strings.EqualFold(s.Command, pipeline.String()) {
			continue
		}
		data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s.Data))
		if err != nil {
			return nil, false, &damagedError{fmt.Errorf("stream %s: %w", s.Name, err)}
		}
		all = append(all, data...)
	}
	return all, strings.HasSuffix(a.Receive.State.State, "/CommandState/Done"), nil
}

// named reads the id under which the host keeps what it created. Hosts of the
// protocol's version 2.1 (Windows Server 2008 R2) choose that id themselves; later
// hosts take the client's.
func named(what, name string) (message.ID, error) {
	id, err := message.ParseID(strings.TrimSpace(name))
	if err != nil {
		return id, &damagedError{fmt.Errorf("the name of the %s: %w", what, err)}
	}
	return id, nil
}
