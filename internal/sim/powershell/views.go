package powershell

import (
	"fmt"
	"io"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// viewWriter writes objects as a console host does: texts as lines, runs of
// like objects as a table of up to four columns or as a list.
type viewWriter struct {
	w       io.Writer
	pending []any
	names   string // of the properties of the pending objects
}

// mostPending is how many objects wait for their table to be laid out.
const mostPending = 500

func (v *viewWriter) add(x any) error {
	names := strings.Join(shownNames(x), ",")
	if names == "" {
		if err := v.flush(); err != nil || x == nil {
			return err
		}
		_, err := io.WriteString(v.w, strings.ReplaceAll(value.MethodText(x), "\n", "\r\n")+"\r\n")
		return err
	}
	if names != v.names || len(v.pending) >= mostPending {
		if err := v.flush(); err != nil {
			return err
		}
	}
	v.pending, v.names = append(v.pending, x), names
	return nil
}

func (v *viewWriter) flush() error {
	if len(v.pending) == 0 {
		return nil
	}
	rows := v.pending
	v.pending, v.names = nil, ""
	for _, line := range layOut(rows, nil) {
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

// layOut makes the lines of a table or list of objects with like properties.
// The names, when given, choose the columns.
func layOut(rows []any, names []string) []string {
	if names == nil {
		names = shownNames(rows[0])
	}
	if len(names) > 4 {
		return ListView(rows, names)
	}
	return TableView(rows, names)
}

// cells are the values of a row as texts; a table has a row per entry.
func cells(row any, names []string) [][]string {
	if h, ok := row.(*value.Hashtable); ok {
		var all [][]string
		for _, k := range h.Keys() {
			v, _ := h.Get(k)
			all = append(all, []string{shown(k), shown(v)})
		}
		return all
	}
	var line []string
	for _, name := range names {
		line = append(line, shown(PropertyValue(row, name)))
	}
	return [][]string{line}
}

// PropertyValue reads a property for a view; nil when there is none.
func PropertyValue(row any, name string) any {
	switch x := row.(type) {
	case *value.Object:
		v, _ := x.Get(name)
		return v
	case value.Entry:
		if strings.EqualFold(name, "Value") {
			return x.Value
		}
		return x.Key
	case *value.Hashtable:
		v, _ := x.Get(name)
		return v
	case nil:
		return nil
	}
	v, _, err := dotnet.Get(&dotnet.Env{}, dotnet.TypeOf(row), row, name)
	if err != nil {
		return nil
	}
	return v
}

// shown is a value inside a view: collections in braces, at most four elements.
func shown(v any) string {
	list, ok := value.Items(v)
	if !ok {
		if o, isObject := v.(*value.Object); isObject && o.IsCustom() {
			return value.Text(o)
		}
		return value.MethodText(v)
	}
	texts := make([]string, 0, 5)
	for i, item := range list {
		if i == 4 {
			texts = append(texts, "...")
			break
		}
		texts = append(texts, shown(item))
	}
	return "{" + strings.Join(texts, ", ") + "}"
}

// ListView writes each object as lines of "Name : value".
func ListView(rows []any, names []string) []string {
	width := 0
	for _, n := range names {
		width = max(width, len(n))
	}
	out := []string{"", ""}
	for _, row := range rows {
		for _, line := range cells(row, names) {
			for i, cell := range line {
				out = append(out, fmt.Sprintf("%-*s : %s", width, names[i], cell))
			}
		}
		out = append(out, "")
	}
	return append(out, "", "")
}

// TableView writes the objects as rows under their names.
func TableView(rows []any, names []string) []string {
	var all [][]string
	for _, row := range rows {
		all = append(all, cells(row, names)...)
	}
	widths := make([]int, len(names))
	for i, n := range names {
		widths[i] = len(n)
		for _, line := range all {
			widths[i] = max(widths[i], len([]rune(line[i])))
		}
	}
	write := func(line []string) string {
		var b strings.Builder
		for i, cell := range line {
			fmt.Fprintf(&b, "%-*s ", widths[i], cell)
		}
		return strings.TrimRight(b.String(), " ")
	}
	rules := make([]string, len(names))
	for i, n := range names {
		rules[i] = strings.Repeat("-", len(n))
	}
	out := []string{"", write(names), write(rules)}
	for _, line := range all {
		out = append(out, write(line))
	}
	return append(out, "", "")
}

// Render gives objects as the lines that a console or Out-File would have.
func (rs *Runspace) Render(objects []any) []string {
	var b strings.Builder
	v := &viewWriter{w: &b}
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
