package powershell

import (
	"io"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// viewWriter writes objects as a console host does: texts as lines, runs of
// like objects as a table of up to four columns or as a list.
type viewWriter struct {
	w       io.Writer
	pending []any
	class   string // of the pending objects
	core    bool   // PowerShell 7
}

// mostPending is how many objects wait for their table to be laid out.
const mostPending = 500

// lineEnds makes lines of a text as a console host does: it drops carriage
// returns and ends each line with its own.
var lineEnds = strings.NewReplacer("\r", "", "\n", "\r\n")

func (v *viewWriter) add(x any) error {
	class := value.TypeName(x)
	if len(shownNames(x)) == 0 {
		if err := v.flush(); err != nil || x == nil {
			return err
		}
		_, err := io.WriteString(v.w, lineEnds.Replace(value.MethodText(x, false))+"\r\n")
		return err
	}
	if class != v.class || len(v.pending) >= mostPending {
		if err := v.flush(); err != nil {
			return err
		}
	}
	v.pending, v.class = append(v.pending, x), class
	return nil
}

func (v *viewWriter) flush() error {
	if len(v.pending) == 0 {
		return nil
	}
	rows := v.pending
	v.pending, v.class = nil, ""
	for _, line := range layOut(rows, v.core) {
		if _, err := io.WriteString(v.w, line+"\r\n"); err != nil {
			return err
		}
	}
	return nil
}

// shownNames are the properties that a view of the value has; none for what is
// written as text.
func shownNames(x any) []string {
	switch x := x.(type) {
	case *value.Object:
		var names []string
		for _, p := range x.Properties() {
			names = append(names, p.Name)
		}
		return names
	case *value.Hashtable, value.Entry:
		return []string{"Name", "Value"}
	}
	return nil
}

// Render gives objects as the lines that a console or Out-File would have.
func (rs *Runspace) Render(objects []any) []string {
	var b strings.Builder
	v := &viewWriter{w: &b, core: rs.Edition() == Core7}
	for _, o := range objects {
		if record, ok := o.(*value.ErrorRecord); ok {
			_ = v.flush()
			b.WriteString(errorText(record))
			continue
		}
		_ = v.add(o)
	}
	_ = v.flush()
	return lines(b.String())
}
