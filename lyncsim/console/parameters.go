package console

import (
	"slices"
	"strings"
)

type taker = func() (string, error)

func nothing(*powershellArgs, taker) error { return nil }

func skipValue(_ *powershellArgs, take taker) error {
	_, err := take()
	return err
}

func refuse(name string) func(*powershellArgs, taker) error {
	return func(*powershellArgs, taker) error {
		return complain("lyncsim: powershell.exe %s is not simulated", name)
	}
}

func encodedCommand(a *powershellArgs, take taker) error {
	text, err := take()
	if err != nil {
		return err
	}
	a.encoded = true
	a.script, err = decodeCommand(text)
	return err
}

func outputFormat(a *powershellArgs, take taker) error {
	v, err := take()
	if err != nil {
		return err
	}
	a.outputFormat = strings.ToLower(v)
	if a.outputFormat != "text" && a.outputFormat != "xml" {
		return complain("Cannot process the command because the value specified with -OutputFormat is not valid: %s. Valid values are Text and XML.", v)
	}
	return nil
}

var policies = []string{"allsigned", "bypass", "default", "remotesigned", "restricted", "undefined", "unrestricted"}

// executionPolicy takes the policy for this process.
func executionPolicy(a *powershellArgs, take taker) error {
	v, err := take()
	if err != nil {
		return err
	}
	if !slices.Contains(policies, strings.ToLower(v)) {
		return complain("Cannot process the command because the value specified with -ExecutionPolicy is not valid: %s.", v)
	}
	if v := strings.ToLower(v); v != "undefined" {
		a.executionPolicy = v
	}
	return nil
}
