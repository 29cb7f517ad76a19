package powershell

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// host is the console of the process. Output, messages and errors that nothing in the
// script takes arrive here.
type host struct {
	quiet    *value.Object // an information record that no preference or parameter asks to show
	in       *bufio.Reader
	out, err io.Writer
	notation Notation
	edition  Edition
	left     int         // bytes that may still be written
	clixml   *errorXML   // writes stderr in CLIXML notation
	views    *viewWriter // writes stdout in the notations for people
	client   Client      // the remote caller that takes everything instead; nil: none
}

// tooMuch is the refusal that ends a script which writes more than the limit.
var tooMuch = &syntax.UnsupportedError{Construct: "more output than the simulator's limit"}

func newHost(o Options) *host {
	h := &host{in: newReader(o.Stdin), notation: o.Notation, edition: o.Edition, left: o.Limits.Output}
	h.out, h.err = limited{h, o.Stdout}, limited{h, o.Stderr}
	if o.Notation == CLIXML {
		h.clixml = &errorXML{w: h.err}
	}
	if o.Notation != Recorded {
		h.views = &viewWriter{w: h.out}
	}
	return h
}

// limited is a writer that counts the written bytes against the host's limit.
type limited struct {
	host *host
	w    io.Writer
}

// Write implements io.Writer.
func (l limited) Write(p []byte) (int, error) {
	l.host.left -= len(p)
	if l.host.left < 0 {
		return 0, tooMuch
	}
	return l.w.Write(p)
}

// object takes one object that reached the end of the pipeline.
func (h *host) object(v any) error {
	if h.client != nil {
		return h.client.Output(v)
	}
	if record, ok := v.(*value.ErrorRecord); ok {
		return h.error(record)
	}
	if h.views == nil {
		return h.line(value.Text(v))
	}
	return h.views.add(v)
}

// line writes a line of text, past the views.
func (h *host) line(text string) error {
	if h.client != nil {
		return nil // remote callers have no host
	}
	return h.text(text + h.lineEnd())
}

// text writes text as it is, past the views.
func (h *host) text(text string) error {
	if h.views != nil {
		if err := h.views.flush(); err != nil {
			return err
		}
	}
	_, err := io.WriteString(h.out, text)
	return err
}

func (h *host) lineEnd() string {
	if h.notation == Recorded {
		return "\n"
	}
	return "\r\n"
}

// error takes an error record.
func (h *host) error(v any) error {
	if h.client != nil {
		return h.client.Record(errorStream, v)
	}
	record, ok := v.(*value.ErrorRecord)
	if !ok {
		return h.object(v)
	}
	switch h.notation {
	case Recorded:
		message := strings.ReplaceAll(strings.ReplaceAll(record.Message(), "\r\n", "\n"), "\n", " | ")
		_, err := fmt.Fprintf(h.err, "%s\t%s\t%s\n", record.FullID(), category(record), message)
		return err
	case CLIXML:
		return h.clixml.text("Error", errorText(record))
	}
	_, err := io.WriteString(h.err, errorText(record))
	return err
}

// message takes a warning, verbose, debug or information record.
func (h *host) message(stream syntax.Stream, v any) error {
	if h.client != nil {
		return h.client.Record(stream, v)
	}
	if v == any(h.quiet) {
		return nil
	}
	text := value.Text(v)
	if o, ok := v.(*value.Object); ok && stream == informationStream {
		if _, part := o.Get(noNewLine); part {
			return h.text(text)
		}
		return h.line(text)
	}
	name := strings.ToLower(stream.String())
	if h.notation == CLIXML {
		return h.clixml.text(name, text)
	}
	return h.line(strings.ToUpper(name) + ": " + text)
}

// progress writes a progress record; only CLIXML shows it.
func (h *host) progress(activity, status string) error {
	if h.client != nil {
		return h.client.Progress(activity, status)
	}
	if h.notation != CLIXML {
		return nil
	}
	return h.clixml.progress(activity, status)
}

// close writes the output that is still held back.
func (h *host) close() error {
	if h.views != nil {
		if err := h.views.flush(); err != nil {
			return err
		}
	}
	if h.clixml != nil {
		return h.clixml.close()
	}
	return nil
}
