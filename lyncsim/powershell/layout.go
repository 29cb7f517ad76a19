package powershell

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// layOut makes the lines of a table or list of objects of one class. The first object
// decides the columns.
func layOut(rows []any, core bool) []string {
	if o, ok := rows[0].(*value.Object); ok && value.TypeName(o) == "Microsoft.PowerShell.Commands.MatchInfo" {
		return textView(rows)
	}
	names := shownNames(rows[0])
	if len(names) > 4 {
		return ListView(rows, nil, core)
	}
	return TableView(rows, names, core)
}

// textView is the view of the matches of Select-String: each match is a line of text.
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
			all = append(all, []string{shown(k), inCell(v)})
		}
		return all
	}
	var line []string
	for _, name := range names {
		line = append(line, inCell(PropertyValue(row, name)))
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

// inCell is a value as a table shows it. A number with a decimal point has two digits
// behind the point.
func inCell(v any) string {
	if isReal(v) {
		f, _ := value.ToFloat(v)
		return strconv.FormatFloat(f, 'f', 2, 64)
	}
	return shown(v)
}

// shown is a value inside a view: collections in braces, at most four elements.
func shown(v any) string {
	list, ok := value.Items(v)
	if h, isTable := v.(*value.Hashtable); isTable {
		for _, k := range h.Keys() {
			x, _ := h.Get(k)
			list = append(list, "["+value.Text(k)+", "+value.Text(x)+"]")
		}
		ok = true
	}
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

// ListView writes each object as lines of "Name : value". It shows the named
// properties, or all properties when names is empty. PowerShell 5.1 puts more empty lines
// around the view than PowerShell 7 (core).
func ListView(rows []any, names []string, core bool) []string {
	out := []string{"", ""}
	if core {
		out = out[1:]
	}
	for _, row := range rows {
		if h, ok := row.(*value.Hashtable); ok {
			for _, line := range cells(h, nil) {
				out = append(out, "Name  : "+line[0], "Value : "+line[1], "")
			}
			continue
		}
		own := shownNames(row)
		if len(names) > 0 {
			own = names
		}
		width := 0
		for _, n := range own {
			width = max(width, len(n))
		}
		for _, n := range own {
			out = append(out, fmt.Sprintf("%-*s : %s", width, n, shown(PropertyValue(row, n))))
		}
		out = append(out, "")
	}
	if core {
		return out
	}
	return append(out, "", "")
}

// TableView writes the objects as rows under the property names. A column is aligned to
// the right when the first row holds a number or boolean in it.
func TableView(rows []any, names []string, core bool) []string {
	var all [][]string
	for _, row := range rows {
		all = append(all, cells(row, names)...)
	}
	widths := make([]int, len(names))
	right := make([]bool, len(names))
	for i, n := range names {
		right[i] = toTheRight(PropertyValue(rows[0], n))
		widths[i] = len(n)
		for _, line := range all {
			widths[i] = max(widths[i], len([]rune(line[i])))
		}
	}
	write := func(line []string) string {
		var b strings.Builder
		for i, cell := range line {
			switch last := i == len(line)-1; {
			case right[i]:
				fmt.Fprintf(&b, "%*s", widths[i], cell)
			case last:
				b.WriteString(cell)
			default:
				fmt.Fprintf(&b, "%-*s", widths[i], cell)
			}
			if i < len(line)-1 {
				b.WriteByte(' ')
			}
		}
		if core {
			return b.String()
		}
		return strings.TrimRight(b.String(), " ")
	}
	rules := make([]string, len(names))
	for i, n := range names {
		rules[i] = strings.Repeat("-", len(n))
	}
	out := []string{"", strings.TrimRight(write(names), " "), strings.TrimRight(write(rules), " ")}
	for _, line := range all {
		out = append(out, write(line))
	}
	if core {
		return append(out, "")
	}
	return append(out, "", "")
}

func toTheRight(v any) bool {
	_, isBool := v.(bool)
	return isBool || value.IsNumber(v)
}
