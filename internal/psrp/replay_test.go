package psrp_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/psrp/message"
)

// recordings is the environment variable that names a folder with recorded conversations of the
// real PowerShell engine.
const recordings = "FEDROUTE_PSRP_RECORDINGS"

// copies is the folder with copies of a few recordings. They are replayed in every run of the
// tests.
const copies = "testdata/recordings"

// folders gives the folders of recordings that exist on this machine.
func folders(t *testing.T) []string {
	all := []string{copies}
	folder := os.Getenv(recordings)
	if folder == "" {
		t.Logf("NOT JUDGED by all conversations of the real engine, only by those in %s: %s names no folder", copies, recordings)
		return all
	}
	return append(all, filepath.Join(folder, "cases"))
}

// names gives the names of the conversations in a folder.
func names(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.decoded.jsonl*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no conversations (%v)", folder, err)
	}
	var all []string
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(file), ".decoded.")
		all = append(all, name)
	}
	return all
}

// linesOf reads a file of JSON lines, compressed or not. It gives nil if there is no such file.
func linesOf[T any](t *testing.T, path string) []T {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		packed, err := os.Open(path + ".gz")
		if err != nil {
			return nil
		}
		defer packed.Close()
		unpacked, err := gzip.NewReader(packed)
		if err != nil {
			t.Fatal(err)
		}
		if data, err = io.ReadAll(unpacked); err != nil {
			t.Fatal(err)
		}
	}
	var all []T
	scanner := bufio.NewScanner(bytes.NewReader(data))
	scanner.Buffer(nil, 64<<20)
	for scanner.Scan() {
		var one T
		if err := json.Unmarshal(scanner.Bytes(), &one); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, one)
	}
	return all
}

// spoken is one recorded line of a conversation.
type spoken struct {
	From, Frame, Event string

	element string
	id      message.ID // of the pool, or of a pipeline
}

// decoded is one message, or one element without data, as the recorder decoded it.
type decoded struct {
	From, Element, PSGuid, Destination, Type, Name, RPID, PID, XML string
	Object                                                         string
	BOM                                                            bool
	Undecodable                                                    string
}

func conversation(t *testing.T, folder, name string) []spoken {
	t.Helper()
	lines := linesOf[spoken](t, filepath.Join(folder, name+".jsonl"))
	var last message.ID
	for i := range lines {
		var e struct {
			XMLName xml.Name
			PSGuid  string `xml:"PSGuid,attr"`
		}
		if xml.Unmarshal([]byte(lines[i].Frame), &e) == nil {
			if id, err := message.ParseID(e.PSGuid); err == nil {
				last, lines[i].element = id, e.XMLName.Local
			}
		}
		lines[i].id = last // a line that is no element belongs to the element before it
	}
	return lines
}

// script holds the recorded server's lines in portions. A portion is sent when our client has done
// what the recorded client did just before it.
type script struct {
	portions map[occasion][]spoken
	known    map[occasion]bool // everything that the recorded client did
	started  []message.ID      // pipelines, in the order in which they were started
	stopped  map[message.ID]bool
}

// occasion is one kind of act of the client on the pool or on a pipeline.
type occasion struct {
	id   message.ID
	what string // "Command", "Data", "Signal", "Close"
}

func scriptOf(lines []spoken) script {
	s := script{portions: map[occasion][]spoken{}, known: map[occasion]bool{}, stopped: map[message.ID]bool{}}
	now := map[message.ID]string{}
	for _, l := range lines {
		switch {
		case l.From == "client" && l.element == "":
		case l.From == "client":
			if l.element == "Command" && !slices.Contains(s.started, l.id) {
				s.started = append(s.started, l.id)
			}
			if l.element == "Signal" {
				s.stopped[l.id] = true
			}
			now[l.id] = l.element
			s.known[occasion{l.id, l.element}] = true
		default:
			// Frames do not mark a pipeline's last message. If a signal is acknowledged after
			// it, the signal stops nothing, and the client's Stop must cope with that.
			at := occasion{l.id, now[l.id]}
			s.portions[at] = append(s.portions[at], l)
		}
	}
	return s
}

// play serves a script: it reads our client's lines and answers each with its portion.
func (s script) play(in io.ReadCloser, out io.WriteCloser) {
	defer in.Close()
	defer out.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e struct {
			XMLName xml.Name
			PSGuid  string `xml:"PSGuid,attr"`
		}
		if xml.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		id, _ := message.ParseID(e.PSGuid)
		at := occasion{id, e.XMLName.Local}
		portion := s.portions[at]
		delete(s.portions, at)
		if !s.known[at] { // the recorded client never did this
			portion = []spoken{{Frame: "<" + at.what + "Ack PSGuid='" + e.PSGuid + "' />"}}
		}
		for _, l := range portion {
			if l.Event != "" {
				return // the recorded server ended here
			}
			if _, err := io.WriteString(out, l.Frame+"\n"); err != nil {
				return
			}
		}
	}
}
