package psrp_test

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/psrp/clixml"
	"github.com/fedroute/fedroute/internal/psrp/message"
)

// TestEveryMessageOfTheServerIsRead decodes every recorded message of the real engine and
// compares it with the recorder's own decoding. Conversations that were damaged on purpose are
// left out.
func TestEveryMessageOfTheServerIsRead(t *testing.T) {
	for _, folder := range folders(t) {
		read, written, damaged := 0, 0, 0
		for _, name := range names(t, folder) {
			joiners := map[message.ID]*message.Joiner{}
			var want []decoded
			whole := true
			for _, d := range linesOf[decoded](t, filepath.Join(folder, name+".decoded.jsonl")) {
				whole = whole && (d.From != "server" || d.Element != "Data" || d.Undecodable == "")
				if d.From == "server" && d.Type != "" {
					want = append(want, d)
				}
			}
			if !whole {
				damaged++ // on purpose; other tests judge what the client makes of it
				continue
			}
			for _, l := range conversation(t, folder, name) {
				if l.From != "server" || l.element != "Data" {
					continue
				}
				if joiners[l.id] == nil {
					joiners[l.id] = &message.Joiner{Limit: 16 << 20}
				}
				var e struct {
					Data string `xml:",chardata"`
				}
				if err := xml.Unmarshal([]byte(l.Frame), &e); err != nil {
					t.Fatal(err)
				}
				octets, err := base64.StdEncoding.DecodeString(e.Data)
				if err != nil {
					t.Fatal(err)
				}
				messages, err := joiners[l.id].Take(octets)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				for _, raw := range messages {
					m, err := message.Decode(raw)
					if err != nil || len(want) == 0 {
						t.Errorf("%s: %v with %d messages left", name, err, len(want))
						continue
					}
					if m.Text != want[0].XML || !strings.EqualFold(m.Pool.String(), want[0].RPID) || !strings.EqualFold(m.Pipeline.String(), want[0].PID) {
						t.Errorf("%s: %.200q, want %.200q", name, m.Text, want[0].XML)
					}
					bom := want[0].BOM
					want = want[1:]
					read++
					again := m.Encode()
					again[0] = 1
					if bytes.Equal(again, raw) {
						written++
					} else if bom {
						t.Errorf("%s: written again it is another message", name)
					}
					if v, err := m.Value(); err == nil {
						roundTrip(t, name, v)
					}
				}
			}
			if len(want) > 0 {
				t.Errorf("%s: %d messages were not read, the first is %s", name, len(want), want[0].Name)
			}
		}
		t.Logf("%s: %d messages read as somebody else read them, %d of them written again octet by octet; %d conversations left out, damaged on purpose",
			folder, read, written, damaged)
	}
}

// roundTrip writes a value that was read, reads it again and expects the same value.
func roundTrip(t *testing.T, name string, v *clixml.Value) {
	t.Helper()
	if holdsItself(v, map[*clixml.Value]bool{}) {
		return
	}
	text := clixml.Write(v)
	again, err := clixml.Read(text)
	if err != nil || clixml.Write(again) != text {
		t.Errorf("%s: %.300s\nis read as\n%.300s (%v)", name, text, clixml.Write(again), err)
	}
}

func holdsItself(v *clixml.Value, above map[*clixml.Value]bool) bool {
	if v == nil {
		return false
	}
	if above[v] {
		return true
	}
	above[v] = true
	defer delete(above, v)
	for _, item := range v.Items {
		if holdsItself(item, above) {
			return true
		}
	}
	for _, e := range v.Entries {
		if holdsItself(e.Key, above) || holdsItself(e.Value, above) {
			return true
		}
	}
	for _, p := range v.Properties {
		if holdsItself(p.Value, above) {
			return true
		}
	}
	return false
}
