package powershell

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// layOut makes the lines of a table or list of objects with like properties.
// The names, when given, choose the columns.
func layOut(rows []any, names []string) []string {
	if o, ok := rows[0].(*value.Object); ok && names == nil && value.TypeName(o) == "Microsoft.PowerShell.Commands.MatchInfo" {
		return textView(rows)
	}
	if names == nil {
		names = shownNames(rows[0])
	}
	if len(names) > 4 {
		return ListView(rows, names)
	}
	return TableView(rows, names)
}

// textView is the view of what Select-String finds: each as a line of text.
func textView(rows []any) []string {
	all := []string{""}
	for _, row := range rows {
		all = append(all, value.MethodText(row, false))
	}
	return append(all, "", "")
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
		return value.MethodText(v, false)
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
