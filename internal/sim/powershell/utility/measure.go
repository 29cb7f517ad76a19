package utility

import (
	"context"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
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
		if len(values) == 0 {
			missing := powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", "GenericMeasurePropertyNotFound", "InvalidArgument",
				nil, fmt.Sprintf("The property \"%s\" cannot be found in the input for any objects.", k.name))
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
	if c.On("Line") || c.On("Word") || c.On("Character") {
		return c.EmitWhole(textMeasure(c, values, property))
	}
	sum, count := 0.0, 0
	var least, most any
	for _, v := range values {
		count++
		if least == nil || compareAny(c, v, least, false) < 0 {
			least = v
		}
		if most == nil || compareAny(c, v, most, false) > 0 {
			most = v
		}
		if !c.On("Sum") && !c.On("Average") {
			continue
		}
		n, ok := value.ToFloat(v)
		if !ok {
			count--
			err := c.WriteError(powershell.NewErrorRecord("System.Management.Automation.PSInvalidOperationException", "NonNumericInputObject", "InvalidType",
				v, fmt.Sprintf("Input object \"%s\" is not numeric.", value.Text(v))))
			if err != nil {
				return err
			}
			continue
		}
		sum += n
	}
	o := value.NewObject("Microsoft.PowerShell.Commands.GenericMeasureInfo", "Microsoft.PowerShell.Commands.MeasureInfo").Set("Count", count)
	o.Set("Average", chosen(c.On("Average") && count > 0, sum/float64(max(count, 1)))).Set("Sum", chosen(c.On("Sum") && count > 0, sum))
	o.Set("Maximum", chosen(c.On("Maximum"), extreme(most))).Set("Minimum", chosen(c.On("Minimum"), extreme(least)))
	return c.EmitWhole(o.Set("Property", chosen(property != "", property)))
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
		characters += dotnet.Length(text)
	}
	o := value.NewObject("Microsoft.PowerShell.Commands.TextMeasureInfo", "Microsoft.PowerShell.Commands.MeasureInfo")
	return o.Set("Lines", chosen(c.On("Line"), int32(count))).Set("Words", chosen(c.On("Word"), int32(words))).
		Set("Characters", chosen(c.On("Character"), int32(characters))).Set("Property", chosen(property != "", property))
}
