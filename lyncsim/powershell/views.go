package powershell

import (
	"io"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// viewWriter writes objects as a console host does. A text is a line. Consecutive
// objects of one class become a table of up to four columns, or a list.
type viewWriter struct {
	w       io.Writer
	pending []any
	class   string // the class of the pending objects
	core    bool   // PowerShell 7
}

// mostPending is the largest number of objects that wait until their table is laid out.
const mostPending = 500

// lineEnds turns the line ends of a text into those of a console host. It drops the
// carriage returns of the text and ends each line with CR LF.
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

// shownNames are the properties that a view of the value shows. A value that is written
// as text has none.
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
