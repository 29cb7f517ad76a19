package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/pwsh/module"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

func moduleCommand(s stdio) *cobra.Command {
	var out, farmFile string
	cmd := &cobra.Command{
		Use:   "powershell-module --out DIR",
		Short: "Write the PowerShell module by which a real PowerShell uses the simulated organization",
		Long: `powershell-module writes a module of advanced functions made from the cmdlet
reference: the parameters, types, sets and aliases of the real cmdlets. Its
functions call the lyncsim that started their process (lyncsim --powershell).
Without --farm it is the module Lync with the cmdlets of all product versions;
with it, the module of that organization's product and version.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			m, err := productModule(farmFile)
			if err != nil {
				return err
			}
			if err := module.WriteProduct(out, m); err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s: %d cmdlets\n", filepath.Join(out, m.Name), len(m.Commands))
			return err
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "folder for the module's own folder; put it on PSModulePath")
	cmd.Flags().StringVar(&farmFile, "farm", "", "farm file of the organization whose product the module is for")
	_ = cmd.MarkFlagRequired("out") // the flag exists
	return cmd
}

func productModule(farmFile string) (*powershell.Module, error) {
	if farmFile == "" {
		return module.Reference()
	}
	spec, err := farm.Load(farmFile)
	if err != nil {
		return nil, err
	}
	return sim.ProductModule(spec)
}
