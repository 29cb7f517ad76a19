package utility

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func convertFromCSV() cmdlet {
	return cmdlet{name: "ConvertFrom-Csv", heeds: "InputObject Delimiter UseCulture Header", unsaid: map[string]unsaid{"InputObject": {empty: true}},
		process: func(_ context.Context, c *powershell.Call) error {
			c.State = append(gathered(c), value.Unroll(c.Value("InputObject"))...)
			return nil
		},
		end: func(_ context.Context, c *powershell.Call) error {
			var records [][]string
			for _, text := range gathered(c) { // a quoted field cannot continue in the next object
				records = append(records, csvRecords(value.Text(text), []rune(delimiter(c))[0])...)
			}
			return readCSV(c, records)
		}}
}

// csvRecords splits a text into lines and each line into fields. It skips empty lines
// and lines that begin with #.
func csvRecords(text string, comma rune) [][]string {
	var records [][]string
	rest := []rune(text)
	for len(rest) > 0 {
		comment := rest[0] == '#'
		var record []string
		record, rest = csvRecord(rest, comma)
		if !comment && (len(record) > 1 || record[0] != "") {
			records = append(records, record)
		}
	}
	return records
}

// csvRecord splits the fields of one line off a text. Blanks before a field are
// dropped. A quote opens a quoted field only at the beginning of the field.
func csvRecord(rest []rune, comma rune) (record []string, left []rune) {
	var field strings.Builder
	start, quoted := true, false
	for i := 0; i < len(rest); i++ {
		r := rest[i]
		switch {
		case quoted && r == '"' && i+1 < len(rest) && rest[i+1] == '"':
			field.WriteRune(r)
			i++
		case quoted && r == '"':
			quoted = false
		case quoted:
			field.WriteRune(r)
		case r == '"' && start:
			quoted, start = true, false
		case r == comma:
			record = append(record, field.String())
			field.Reset()
			start = true
		case r == '\n' || r == '\r':
			if r == '\r' && i+1 < len(rest) && rest[i+1] == '\n' {
				i++
			}
			return append(record, field.String()), rest[i+1:]
		case start && r == ' ':
		default:
			field.WriteRune(r)
			start = false
		}
	}
	return append(record, field.String()), nil
}

// readCSV makes an object of each line. All values are texts; a value that the line
// lacks is $null.
func readCSV(c *powershell.Call, records [][]string) error {
	names := c.Texts("Header")
	if len(names) == 0 && len(records) > 0 {
		names, records = slices.Clone(records[0]), records[1:]
	}
	if err := nameColumns(c, names); err != nil {
		return err
	}
	for _, record := range records {
		o := value.NewObject()
		for i, name := range names {
			o.Set(name, nil)
			if i < len(record) {
				o.Set(name, record[i])
			}
		}
		if err := c.EmitWhole(o); err != nil {
			return err
		}
	}
	return nil
}

// nameColumns gives a name to each column that has none, and writes a warning. It
// refuses two columns with the same name.
func nameColumns(c *powershell.Call, names []string) error {
	seen, unnamed := make(map[string]bool), false
	for i, name := range names {
		if name == "" {
			names[i], unnamed = "H"+value.Text(int32(i+1)), true
		}
		key := strings.ToLower(names[i])
		if seen[key] {
			return powershell.NewErrorRecord("System.Management.Automation.ExtendedTypeSystemException", "AlreadyPresentPSMemberInfoInternalCollectionAdd",
				"NotSpecified", nil, "The member \""+name+"\" is already present.")
		}
		seen[key] = true
	}
	if !unnamed {
		return nil
	}
	return c.Warn("%s", `One or more headers were not specified. Default names starting with "H" have been used in place of any missing headers.`)
}
