package reference

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/fedroute/fedroute/lyncsim/cmdlets/data"
)

// Lync is the catalogue of the Lync and SkypeForBusiness modules for all versions
// together; In narrows it to one version. It is read once and must not be changed.
var Lync = sync.OnceValues(func() (*Catalogue, error) {
	return load("cmdlets.json", "cmdlets-extra.json")
})

// DNSServer is the catalogue of the DnsServer module. It is read once and must
// not be changed.
var DNSServer = sync.OnceValues(func() (*Catalogue, error) {
	return load("dns-cmdlets.json")
})

// everywhere is the reference's name for a cmdlet's only set.
const everywhere = "(All)"

type fileForm struct {
	Cmdlets []cmdletForm `json:"cmdlets"`
}

type cmdletForm struct {
	Name       string          `json:"name"`
	Applicable []string        `json:"applicable"`
	Sets       []setForm       `json:"parameterSets"`
	Parameters []parameterForm `json:"parameters"`
	Outputs    []string        `json:"outputs"`
}

type setForm struct {
	Name       string `json:"name"`
	Parameters []struct {
		Name       string `json:"name"`
		Type       string `json:"type"`
		Mandatory  bool   `json:"mandatory"`
		Positional bool   `json:"positional"`
	} `json:"parameters"`
}

type parameterForm struct {
	Name          string          `json:"name"`
	Type          string          `json:"type"`
	Aliases       []string        `json:"aliases"`
	Position      json.RawMessage `json:"position"` // a number or "Named"
	PipelineInput string          `json:"pipelineInput"`
	Applicable    []string        `json:"applicable"`
}

func load(files ...string) (*Catalogue, error) {
	var cmdlets []Cmdlet
	for _, name := range files {
		text, err := data.Files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("cmdlet reference %s: %w", name, err)
		}
		var form fileForm
		if err := json.Unmarshal(text, &form); err != nil {
			return nil, fmt.Errorf("cmdlet reference %s: %w", name, err)
		}
		for _, c := range form.Cmdlets {
			cmdlets = append(cmdlets, c.cmdlet())
		}
	}
	return newCatalogue(cmdlets), nil
}

func (f cmdletForm) cmdlet() Cmdlet {
	c := Cmdlet{Name: f.Name, Applicable: f.Applicable, Outputs: f.Outputs}
	for _, s := range f.Sets {
		if s.Name != everywhere {
			c.Sets = append(c.Sets, s.Name)
		}
	}
	for _, p := range f.Parameters {
		c.Parameters = append(c.Parameters, f.parameter(p))
	}
	return c
}

// parameter joins the parameter's own block (type, aliases, pipeline) with the
// SYNTAX blocks (mandatory, positional). Where they disagree on mandatory, SYNTAX
// wins, because it is generated from what the binder uses.
func (f cmdletForm) parameter(p parameterForm) Parameter {
	out := Parameter{
		Name: p.Name, Type: p.Type, Aliases: p.Aliases, Applicable: p.Applicable,
		FromPipeline:       strings.Contains(p.PipelineInput, "ByValue"),
		FromPipelineByName: strings.Contains(p.PipelineInput, "ByPropertyName"),
	}
	for _, s := range f.Sets {
		for _, sp := range s.Parameters {
			if sp.Name != p.Name {
				continue
			}
			out.Type = sp.Type // the block's own may be a full .NET name
			m := Membership{Set: s.Name, Mandatory: sp.Mandatory, Position: -1}
			if m.Set == everywhere {
				m.Set = ""
			}
			if sp.Positional {
				m.Position = f.positionIn(s, p.Name)
			}
			out.Membership = append(out.Membership, m)
		}
	}
	return out
}

// positionIn is the rank of a positional parameter among those of its set. Only the
// order of the reference's numbers has a meaning: they start at 1 or 2, and some are
// skipped.
func (f cmdletForm) positionIn(s setForm, name string) int {
	var names []string
	for _, sp := range s.Parameters {
		if sp.Positional {
			names = append(names, sp.Name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return f.hint(a) - f.hint(b) })
	return slices.Index(names, name)
}

// hint is the position number the reference prints, 0 for "Named".
func (f cmdletForm) hint(name string) int {
	for _, p := range f.Parameters {
		if p.Name == name {
			var n int
			if json.Unmarshal(p.Position, &n) == nil {
				return n
			}
		}
	}
	return 0
}
