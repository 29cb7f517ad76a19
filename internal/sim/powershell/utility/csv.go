package utility

import (
	"context"
	"encoding/csv"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

func convertToCSV() *powershell.Command {
	return &powershell.Command{Name: "ConvertTo-Csv", Class: "Microsoft.PowerShell.Commands.ConvertToCsvCommand",
		Parameters: append([]powershell.Parameter{
			{Name: "InputObject", Sets: []powershell.ParameterSet{{Mandatory: true, Position: 0, FromPipeline: true}}},
			at(1, "Delimiter", "Char"), named("QuoteFields", "String[]"), named("UseQuotes", "String"), named("NoTypeInformation", "SwitchParameter", "NTI"),
		}, flags("UseCulture", "IncludeTypeInformation")...),
		Process: gather,
		End: func(_ context.Context, c *powershell.Call) error {
			if c.Has("QuoteFields") || c.Has("UseQuotes") || c.Has("IncludeTypeInformation") {
				return dotnet.Refuse("ConvertTo-Csv with a parameter of PowerShell 7")
			}
			return emitCSV(c)
		}}
}

// delimiter is what stands between fields.
func delimiter(c *powershell.Call) string {
	if c.Has("Delimiter") {
		return c.Text("Delimiter")
	}
	return ","
}

// emitCSV writes lines of the properties that the first object has.
func emitCSV(c *powershell.Call) error {
	items := gathered(c)
	if len(items) == 0 {
		return nil
	}
	if c.Runspace().Edition() == powershell.Windows51 && !c.On("NoTypeInformation") {
		if err := c.EmitWhole("#TYPE " + value.TypeName(items[0])); err != nil {
			return err
		}
	}
	var names []string
	for _, p := range properties(c, items[0]) {
		names = append(names, p.Name)
	}
	if err := c.EmitWhole(csvLine(c, names)); err != nil {
		return err
	}
	for _, item := range items {
		fields := make([]string, len(names))
		for i, name := range names {
			v, _, err := c.Property(item, name)
			if err != nil {
				return err
			}
			if _, many := value.Items(v); many {
				fields[i] = value.TypeName(v)
			} else {
				fields[i] = value.Text(v)
			}
		}
		if err := c.EmitWhole(csvLine(c, fields)); err != nil {
			return err
		}
	}
	return nil
}

func csvLine(c *powershell.Call, fields []string) string {
	quoted := make([]string, len(fields))
	for i, f := range fields {
		quoted[i] = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
	}
	return strings.Join(quoted, delimiter(c))
}

func convertFromCSV() *powershell.Command {
	return &powershell.Command{Name: "ConvertFrom-Csv", Class: "Microsoft.PowerShell.Commands.ConvertFromCsvCommand",
		Parameters: []powershell.Parameter{
			{Name: "InputObject", Type: "Object[]", AllowNull: true, Sets: []powershell.ParameterSet{{Mandatory: true, Position: 0, FromPipeline: true}}},
			at(1, "Delimiter", "Char"), named("Header", "String[]"), named("UseCulture", "SwitchParameter"),
		},
		Process: func(_ context.Context, c *powershell.Call) error {
			c.State = append(gathered(c), value.Unroll(c.Value("InputObject"))...)
			return nil
		},
		End: func(_ context.Context, c *powershell.Call) error { return readCSV(c) }}
}

// readCSV makes an object of each line, all values texts; what a line lacks is $null.
func readCSV(c *powershell.Call) error {
	text := value.TextWith(gathered(c), "\n")
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
