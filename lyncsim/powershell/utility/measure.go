package utility

import (
	"context"
	"fmt"
	"math"
	"strings"
	"unicode"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func measureObject() cmdlet {
	return cmdlet{name: "Measure-Object", process: gather, end: measureGathered,
		heeds: "InputObject Property Sum Average Maximum Minimum StandardDeviation AllStats Line Word Character IgnoreWhiteSpace"}
}

func measureGathered(ctx context.Context, c *powershell.Call) error {
	names, err := columns(value.Unroll(c.Value("Property")))
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return measureValues(c, gathered(c), "")
	}
	for _, k := range names {
		found, err := measured(ctx, c, k)
		if err != nil {
			return err
		}
		for _, name := range found.names {
			if err := measureValues(c, found.values[name], name); err != nil {
				return err
			}
		}
	}
	return nil
}

// measures are the properties to measure, in the order in which they were met, with their values.
type measures struct {
	names  []string
	values map[string][]any
}

// measured gathers the values of a property, or of all properties that match a pattern,
// from the input. An object without the property does not count. In PowerShell 7 such
// an object is an error in strict mode. In PowerShell 5.1 it is an error when no object
// has the property.
func measured(ctx context.Context, c *powershell.Call, k column) (measures, error) {
	m := measures{values: make(map[string][]any)}
	for _, item := range gathered(c) {
		found, err := k.resolve(ctx, c, item)
		if err != nil {
			return m, err
		}
		if len(found) == 0 && c.Strictness() >= 2 && c.Runspace().Edition() == powershell.Core7 {
			if err := c.WriteError(propertyNotFound(c, k.name, "ObjectNotFound")); err != nil {
				return m, err
			}
		}
		for _, p := range found {
			if _, known := m.values[p.Name]; !known {
				m.names = append(m.names, p.Name)
			}
			m.values[p.Name] = append(m.values[p.Name], p.Value)
		}
	}
	if nobody := len(m.names) == 0 && len(gathered(c)) > 0 && !powershell.HasWildcards(k.name); nobody && c.Runspace().Edition() == powershell.Windows51 {
		return m, c.WriteError(propertyNotFound(c, k.name, "InvalidArgument"))
	}
	return m, nil
}

func propertyNotFound(c *powershell.Call, name, category string) *value.ErrorRecord {
	id := strings.TrimSuffix(c.ParameterSet(), "Measure") + "MeasurePropertyNotFound"
	return powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", id, category, nil,
		fmt.Sprintf("The property \"%s\" cannot be found in the input for any objects.", name))
}

func measureValues(c *powershell.Call, values []any, property string) error {
	if c.ParameterSet() == "TextMeasure" {
		return c.EmitWhole(textMeasure(c, values, property))
	}
	asked := func(name string) bool { return c.On(name) || c.On("AllStats") }
	numeric := asked("Sum") || asked("Average") || asked("StandardDeviation")
	var numbers []float64
	var least, most any
	for _, v := range values {
		n, ok := value.ToFloat(v)
		if numeric && !ok {
			err := c.WriteError(powershell.NewErrorRecord("System.Management.Automation.PSInvalidOperationException", "NonNumericInputObject", "InvalidType",
				v, fmt.Sprintf("Input object \"%s\" is not numeric.", value.Text(v))))
			if err != nil {
				return err
			}
			continue
		}
		if ok && v != "" {
			numbers = append(numbers, n)
		}
		if ok && v != nil && v != "" {
			v = n
		}
		if v == nil {
			continue
		}
		if least == nil || compareAny(c, v, least, false) < 0 {
			least = v
		}
		if most == nil || compareAny(c, v, most, false) > 0 {
			most = v
		}
	}
	o := value.NewObject("Microsoft.PowerShell.Commands.GenericMeasureInfo", "Microsoft.PowerShell.Commands.MeasureInfo").Set("Count", len(values))
	sum, deviation := spread(numbers)
	whole := len(numbers) == len(values) // with a value that is no number there is no sum
	o.Set("Average", chosen(asked("Average") && whole && len(values) > 0, sum/float64(max(len(values), 1)))).Set("Sum", chosen(asked("Sum") && whole, sum))
	o.Set("Maximum", chosen(asked("Maximum"), most)).Set("Minimum", chosen(asked("Minimum"), least))
	if c.Runspace().Edition() == powershell.Core7 {
		o.Set("StandardDeviation", chosen(asked("StandardDeviation") && whole && len(values) > 0, deviation))
	}
	return c.EmitWhole(o.Set("Property", chosen(property != "", property)))
}

// spread is the sum of the numbers and their sample standard deviation (divided by n-1).
func spread(numbers []float64) (sum, deviation float64) {
	for _, n := range numbers {
		sum += n
	}
	if len(numbers) < 2 {
		return sum, 0
	}
	mean, squares := sum/float64(len(numbers)), 0.0
	for _, n := range numbers {
		squares += (n - mean) * (n - mean)
	}
	return sum, math.Sqrt(squares / float64(len(numbers)-1))
}

func chosen(on bool, v any) any {
	if !on {
		return nil
	}
	return v
}

func textMeasure(c *powershell.Call, values []any, property string) *value.Object {
	count, words, characters := 0, 0, 0
	for _, v := range values {
		text := value.MethodText(v, true)
		if text != "" {
			count += len(dotnet.SplitLines(text))
		}
		words += len(strings.Fields(text))
		if c.On("IgnoreWhiteSpace") {
			text = strings.Join(strings.FieldsFunc(text, unicode.IsSpace), "")
		}
		characters += dotnet.Length(text)
	}
	o := value.NewObject("Microsoft.PowerShell.Commands.TextMeasureInfo", "Microsoft.PowerShell.Commands.MeasureInfo")
	return o.Set("Lines", chosen(c.On("Line"), int32(count))).Set("Words", chosen(c.On("Word"), int32(words))).
		Set("Characters", chosen(c.On("Character"), int32(characters))).Set("Property", chosen(property != "", property))
}
