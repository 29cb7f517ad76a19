package winrm

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// printed collects what the process prints: whole lines of standard output, and
// the beginning of standard error as a diagnosis.
type printed struct {
	tag         tag
	limit       int64
	rest        []byte // standard output after its last end of line
	stray       int
	unsupported string // language mode and version of a PowerShell that cannot run the worker
	stderr      []byte
}

// diagnosisLimit bounds how much of standard error is kept, in bytes.
const diagnosisLimit = 16 << 10

var errReplyTooLarge = errors.New("the reply is larger than the limit")

// take adds output and gives the replies that are complete now.
func (p *printed) take(out output) ([]reply, error) {
	keep := min(len(out.stderr), diagnosisLimit-len(p.stderr))
	p.stderr = append(p.stderr, out.stderr[:keep]...)
	p.rest = append(p.rest, out.stdout...)
	var replies []reply
	for {
		line, rest, whole := bytes.Cut(p.rest, []byte("\n"))
		if !whole {
			break
		}
		p.rest = rest
		r, framed, err := p.tag.reply(bytes.TrimRight(line, "\r"))
		if err != nil {
			return nil, err
		}
		if framed {
			replies = append(replies, r)
			continue
		}
		p.notice(string(line))
	}
	if len(p.rest) == 0 {
		p.rest = nil // frees the memory of a large reply
	}
	if int64(len(p.rest)) > p.limit {
		return nil, fmt.Errorf("%w of %d bytes", errReplyTooLarge, p.limit)
	}
	return replies, nil
}

// notice handles a line that is no frame of the worker: it counts it, or reads why
// PowerShell cannot run the worker.
func (p *printed) notice(line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	if _, what, found := strings.Cut(line, unsupportedMark); found {
		p.unsupported = strings.TrimSpace(what)
		return
	}
	p.stray++
}

// strayLines gives the number of such lines since it was last called.
func (p *printed) strayLines() int {
	n := p.stray
	p.stray = 0
	return n
}
