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
		var values []any
		for _, item := range gathered(c) {
			found, err := k.resolve(ctx, c, item)
			if err != nil {
				return err
			}
			for _, p := range found {
				values = append(values, p.Value)
			}
		}
		if len(values) == 0 && (len(gathered(c)) == 0 || powershell.HasWildcards(k.name)) {
			continue
		}
		if len(values) == 0 {
			id := strings.TrimSuffix(c.ParameterSet(), "Measure") + "MeasurePropertyNotFound"
			missing := powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", id, "InvalidArgument", nil, fmt.Sprintf("The property \"%s\" cannot be found in the input for any objects.", k.name))
			if err := c.WriteError(missing); err != nil {
				return err
			}
			continue
		}
		if err := measureValues(c, values, k.name); err != nil {
			return err
		}
	}
	return nil
}

func measureValues(c *powershell.Call, values []any, property string) error {
	if c.ParameterSet() == "TextMeasure" {
		return c.EmitWhole(textMeasure(c, values, property))
	}
	asked := func(name string) bool { return c.On(name) || c.On("AllStats") }
	numeric := asked("Sum") || asked("Average") || asked("StandardDeviation")
	var numbers []float64
	var least, most any
	count := 0
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
		count++
		numbers = append(numbers, n)
		if least == nil || compareAny(c, v, least, false) < 0 {
			least = v
		}
		if most == nil || compareAny(c, v, most, false) > 0 {
			most = v
		}
	}
	o := value.NewObject("Microsoft.PowerShell.Commands.GenericMeasureInfo", "Microsoft.PowerShell.Commands.MeasureInfo").Set("Count", count)
	sum, deviation := spread(numbers)
	o.Set("Average", chosen(asked("Average") && count > 0, sum/float64(max(count, 1)))).Set("Sum", chosen(asked("Sum") && count > 0, sum))
	o.Set("Maximum", chosen(asked("Maximum"), extreme(most))).Set("Minimum", chosen(asked("Minimum"), extreme(least)))
	if c.Runspace().Edition() == powershell.Core7 {
		o.Set("StandardDeviation", chosen(asked("StandardDeviation") && count > 0, deviation))
	}
	return c.EmitWhole(o.Set("Property", chosen(property != "", property)))
}

// spread is the sum of numbers and their standard deviation as that of a sample.
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

// extreme is a largest or smallest value: numbers as Double.
func extreme(v any) any {
	if !value.IsNumber(v) {
		return v
	}
	f, _ := value.ToFloat(v)
	return f
}

func textMeasure(c *powershell.Call, values []any, property string) *value.Object {
	count, words, characters := 0, 0, 0
	for _, v := range values {
		text := value.Text(v)
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
