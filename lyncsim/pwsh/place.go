package pwsh

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/pwsh/module"
)

// place is the folder of this computer that serves as a machine's disk.
type place struct {
	temp         string // TEMP, TMPDIR and the working folder of new processes
	programFiles string
	modules      string // on PSModulePath
}

const windowsPrograms = `C:\Program Files\`

// place makes a machine's folder when its first process starts.
func (h *Host) place(seat Seat) (place, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p, ok := h.places[seat.Name]; ok {
		return p, nil
	}
	root, err := os.MkdirTemp(h.folder, seat.Name+"-*")
	if err != nil {
		return place{}, fmt.Errorf("make a folder for the machine %s: %w", seat.Name, err)
	}
	p := place{temp: filepath.Join(root, "Temp"), programFiles: filepath.Join(root, "Program Files"), modules: filepath.Join(root, "Modules")}
	for _, dir := range []string{p.temp, p.programFiles} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return place{}, fmt.Errorf("make a folder for the machine %s: %w", seat.Name, err)
		}
	}
	if err := p.installModules(seat); err != nil {
		return place{}, err
	}
	if err := p.installSetup(h.program, seat.SetupPath); err != nil {
		return place{}, fmt.Errorf("write the setup program of %s: %w", seat.Name, err)
	}
	h.places[seat.Name] = p
	return p, nil
}

func (p place) installModules(seat Seat) error {
	if err := module.WriteProduct(p.modules, seat.Product); err != nil {
		return err
	}
	for _, m := range seat.Further {
		if err := module.Write(p.modules, m); err != nil {
			return err
		}
	}
	return nil
}

// setupScript is the product's setup program for the real PowerShell. It asks the
// organization to set the machine up.
const setupScript = `Import-Module $env:LYNCSIM_MODULE
$setup = Invoke-SimulatedSetup -Arguments ($env:LYNCSIM_SETUP -split ' ' -ne '')
[System.Console]::Out.Write($setup.Output)
exit $setup.ExitCode`

// installSetup puts Bootstrapper.exe where scripts expect it. Windows cannot run
// such a file; scripts use Enable-CsComputer there.
func (p place) installSetup(program, path string) error {
	inside, ok := strings.CutPrefix(path, windowsPrograms)
	if !ok || runtime.GOOS == "windows" {
		return nil
	}
	file := filepath.Join(p.programFiles, filepath.FromSlash(strings.ReplaceAll(inside, `\`, "/")))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	command := encode(setupScript)
	text := "#!/bin/sh\nLYNCSIM_SETUP=\"$*\" exec '" + strings.ReplaceAll(program, "'", `'\''`) +
		"' -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand " + command + "\n"
	return os.WriteFile(file, []byte(text), 0o700)
}

// commandText is the script text for the command line. A script with arguments, or
// one that is too long for a command line, is read from a file.
func (p place) commandText(in console.Invocation) (string, error) {
	if len(in.Arguments) == 0 && len(in.Script) <= maxCommandText {
		return in.Script, nil
	}
	file, err := os.CreateTemp(p.temp, "lyncsim-*.ps1")
	if err != nil {
		return "", fmt.Errorf("hand the script over: %w", err)
	}
	_, err = file.WriteString(in.Script)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return "", fmt.Errorf("hand the script over: %w", err)
	}
	call := "& ([scriptblock]::Create([System.IO.File]::ReadAllText(" + quote(file.Name()) + ")))"
	for i, word := range in.Arguments {
		if i%2 == 0 && strings.HasPrefix(word, "-") {
			call += " " + word
			continue
		}
		call += " " + quote(word)
	}
	return call, nil
}
