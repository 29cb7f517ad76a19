package powershell

import "slices"

// Parameter names that every command has, and those of ShouldProcess.
var (
	commonParameters = []Parameter{
		{Name: "Verbose", Aliases: []string{"vb"}, Type: "SwitchParameter"},
		{Name: "Debug", Aliases: []string{"db"}, Type: "SwitchParameter"},
		{Name: "ErrorAction", Aliases: []string{"ea"}, Type: "ActionPreference"},
		{Name: "WarningAction", Aliases: []string{"wa"}, Type: "ActionPreference"},
		{Name: "InformationAction", Aliases: []string{"infa"}, Type: "ActionPreference"},
		{Name: "ErrorVariable", Aliases: []string{"ev"}, Type: "String"},
		{Name: "WarningVariable", Aliases: []string{"wv"}, Type: "String"},
		{Name: "InformationVariable", Aliases: []string{"iv"}, Type: "String"},
		{Name: "OutVariable", Aliases: []string{"ov"}, Type: "String"},
		{Name: "OutBuffer", Aliases: []string{"ob"}, Type: "Int32", Refused: true},
		{Name: "PipelineVariable", Aliases: []string{"pv"}, Type: "String"},
	}
	// progressAction came with PowerShell 7.4 (about_CommonParameters).
	progressAction          = Parameter{Name: "ProgressAction", Aliases: []string{"proga"}, Type: "ActionPreference"}
	shouldProcessParameters = []Parameter{
		{Name: "WhatIf", Aliases: []string{"wi"}, Type: "SwitchParameter"},
		{Name: "Confirm", Aliases: []string{"cf"}, Type: "SwitchParameter"},
	}
)

// commonIn are the parameters that the engine adds to a command.
func commonIn(e Edition, shouldProcess bool) []Parameter {
	list := slices.Clone(commonParameters)
	if e == Core7 {
		list = slices.Insert(list, 5, progressAction)
	}
	if shouldProcess {
		list = append(list, shouldProcessParameters...)
	}
	return list
}
