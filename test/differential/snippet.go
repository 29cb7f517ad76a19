package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// snippet is one script and the real engine's answer to it.
type snippet struct {
	ID      string `json:"id"`
	Group   string `json:"group"`
	Snippet string `json:"snippet"` // the topic of the script
	Script  string `json:"script"`  // the text that is run
	answer
}

// answer is the result of a script: each object that reached the end of the pipeline as
// text, the errors in their order, and the exit code.
type answer struct {
	Stdout string        `json:"stdout"`
	Errors []errorRecord `json:"errors"`
	Exit   int           `json:"exit"`
}

func (a answer) String() string {
	return fmt.Sprintf("%q %v exit %d", a.Stdout, a.Errors, a.Exit)
}

// errorRecord is the part of an error that does not depend on the language of its message.
type errorRecord struct {
	ID       string `json:"id"` // FullyQualifiedErrorId
	Category string `json:"category"`
}

// readFile reads the snippets of a gzip-compressed file that has one JSON object on each
// line.
func readFile(path string) ([]snippet, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return readLines(unpacked)
}

func readLines(from io.Reader) ([]snippet, error) {
	var list []snippet
	in := bufio.NewScanner(from)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var s snippet
		if err := json.Unmarshal(in.Bytes(), &s); err != nil {
			return nil, fmt.Errorf("line %d of the answers: %w", len(list)+1, err)
		}
		list = append(list, s)
	}
	return list, in.Err()
}
