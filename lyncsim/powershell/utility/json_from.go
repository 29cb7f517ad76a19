package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// wrappedArray is the type of an array that went down a pipeline as one object. In
// PowerShell 5.1 such an array carries its type data from then on: see jsonWriter.list.
const wrappedArray = "System.Object[]"

func convertFromJSON() cmdlet {
	return cmdlet{name: "ConvertFrom-Json", heeds: "InputObject Depth AsHashtable NoEnumerate",
		unsaid: map[string]unsaid{"InputObject": {nulls: true}, "Depth": {check: atLeast(1)}},
		process: func(_ context.Context, c *powershell.Call) error {
			c.State = append(gathered(c), c.Text("InputObject"))
			return nil
		},
		end: func(_ context.Context, c *powershell.Call) error { return readJSON(c) },
	}
}

// readJSON reads each input text as a document, or all texts as the lines of one
// document.
func readJSON(c *powershell.Call) error {
	core := c.Runspace().Edition() == powershell.Core7
	r := jsonReader{core: core, tables: c.On("AsHashtable"), depth: 100}
	if core {
		r.depth = 1024
	}
	if c.Has("Depth") {
		r.depth = c.Int("Depth")
	}
	texts := gathered(c)
	if len(texts) > 1 {
		if _, err := r.document(value.Text(texts[0])); err != nil {
			texts = []any{value.TextWith(texts, "\r\n")}
		}
	}
	for _, text := range texts {
		if strings.TrimSpace(value.Text(text)) == "" {
			continue
		}
		v, err := r.document(value.Text(text))
		if err != nil {
			return err
		}
		if err := emitDocument(c, v); err != nil {
			return err
		}
	}
	return nil
}

// emitDocument puts out the value of a document. PowerShell 5.1 puts out an array as one
// object; PowerShell 7 puts out its elements.
func emitDocument(c *powershell.Call, v any) error {
	items, isArray := v.([]any)
	if !isArray {
		return c.EmitWhole(v)
	}
	if c.Runspace().Edition() == powershell.Core7 && !c.On("NoEnumerate") {
		return emitAll(c, items)
	}
	return c.EmitWhole(whole(v))
}

// whole marks an array as one that goes down the pipeline as one object.
func whole(v any) any {
	items, ok := v.([]any)
	if !ok {
		return v
	}
	l := value.NewCollection(wrappedArray, items...)
	l.Elem = "System.Object"
	return l
}
