package utility

import (
	"context"
	"encoding/csv"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func convertFromCSV() cmdlet {
	return cmdlet{name: "ConvertFrom-Csv", heeds: "InputObject Delimiter UseCulture Header",
		unsaid: map[string]unsaid{"InputObject": {nulls: true}},
		process: func(_ context.Context, c *powershell.Call) error {
			c.State = append(gathered(c), value.Unroll(c.Value("InputObject"))...)
			return nil
		},
		end: func(_ context.Context, c *powershell.Call) error {
			return readCSV(c, value.TextWith(gathered(c), "\n"))
		}}
}

// readCSV makes an object of each line, all values texts; what a line lacks is $null.
func readCSV(c *powershell.Call, text string) error {
	if strings.HasPrefix(text, "#TYPE") {
		_, text, _ = strings.Cut(text, "\n")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = []rune(delimiter(c))[0]
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	records, err := r.ReadAll()
	if err != nil {
		return dotnet.Refuse("the CSV text: %s", err)
	}
	names := c.Texts("Header")
	if len(names) == 0 && len(records) > 0 {
		names, records = records[0], records[1:]
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

// nameColumns gives columns without a name one, with a warning, and refuses the
// same name twice.
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
