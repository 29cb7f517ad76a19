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
	rest        []byte // of standard output, without its end of line yet
	stray       int
	unsupported string // language mode and version of a PowerShell that cannot run the worker
	stderr      []byte
}

// diagnosisLimit bounds what is kept of standard error.
const diagnosisLimit = 16 << 10

var errReplyTooLarge = errors.New("the reply is larger than the limit")

// take adds output and gives the replies that it completed.
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
		p.rest = nil // let a large reply go
	}
	if int64(len(p.rest)) > p.limit {
		return nil, fmt.Errorf("%w of %d bytes", errReplyTooLarge, p.limit)
	}
	return replies, nil
}

// notice looks at a line that is not ours.
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

// strayLines gives the number of foreign lines since it was last asked.
func (p *printed) strayLines() int {
	n := p.stray
	p.stray = 0
	return n
}
