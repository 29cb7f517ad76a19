package module

import (
	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/cmdlets/reference"
	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// Reference is the module Lync with every cmdlet and parameter of the reference,
// those of all product versions together.
func Reference() (*powershell.Module, error) {
	all, err := reference.Lync()
	if err != nil {
		return nil, err
	}
	m := &powershell.Module{Name: "Lync", Version: "5.0.8308.0"}
	for _, c := range all.Cmdlets() {
		m.Commands = append(m.Commands, cmdlets.Declare(c))
	}
	return m, nil
}
