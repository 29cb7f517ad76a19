package organization_test

import (
	"os"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/pwsh/standin"
)

func TestMain(m *testing.M) {
	standin.Main()
	os.Exit(m.Run())
}
