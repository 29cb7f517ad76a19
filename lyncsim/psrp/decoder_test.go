package psrp_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/psrp"
)

// decoder reads the server's lines. It is apart from the server's own reader, which would
// not see its own mistakes.
type decoder struct{ open map[string][]byte }

func newDecoder() *decoder { return &decoder{open: map[string][]byte{}} }

// essences gives the element of a line, or what its messages say.
func (d *decoder) essences(line string) []string {
	var e struct {
		XMLName xml.Name
		PSGuid  string `xml:"PSGuid,attr"`
		Data    string `xml:",chardata"`
	}
	if xml.Unmarshal([]byte(line), &e) != nil {
		return []string{"no element: " + line}
	}
	if e.XMLName.Local != "Data" {
		return []string{e.XMLName.Local}
	}
	raw, _ := base64.StdEncoding.DecodeString(e.Data)
	var all []string
	for len(raw) >= 21 {
		end := 21 + int(binary.BigEndian.Uint32(raw[17:]))
		if raw[16]&1 != 0 {
			d.open[e.PSGuid] = nil
		}
		d.open[e.PSGuid] = append(d.open[e.PSGuid], raw[21:end]...)
		if message := d.open[e.PSGuid]; raw[16]&2 != 0 {
			kind := psrp.Type(binary.LittleEndian.Uint32(message[4:]))
			all = append(all, essence(messageNames[kind], strings.TrimPrefix(string(message[40:]), "\uFEFF")))
		}
		raw = raw[end:]
	}
	return all
}
