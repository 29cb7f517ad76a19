package api_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	authentication "k8s.io/api/authentication/v1"
	authorization "k8s.io/api/authorization/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/test/support/cluster"
)

// A manager that is installed signs in with a token of its account. So the API server has
// to issue a token, recognize it, and grant it no rights of its own accord.
func TestAnAccountSignsInWithItsToken(t *testing.T) {
	kubectl := func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), filepath.Join(cluster.Bin(root), "kubectl"), append([]string{"--kubeconfig", api.Kubeconfig}, args...)...).Output()
		if err != nil {
			t.Fatalf("kubectl %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	kubectl("create", "serviceaccount", "signs-in")
	bearer := rest.AnonymousClientConfig(api.Config)
	bearer.BearerToken = kubectl("create", "token", "signs-in")
	account, err := client.New(bearer, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var who authentication.SelfSubjectReview
	if err := account.Create(t.Context(), &who); err != nil {
		t.Fatalf("the API server does not know its own token: %v", err)
	}
	if got, want := who.Status.UserInfo.Username, "system:serviceaccount:default:signs-in"; got != want {
		t.Errorf("the token's bearer is %q, want %s", got, want)
	}
	may := authorization.SelfSubjectAccessReview{Spec: authorization.SelfSubjectAccessReviewSpec{
		ResourceAttributes: &authorization.ResourceAttributes{Namespace: "default", Verb: "list", Resource: "secrets"}}}
	if err := account.Create(t.Context(), &may); err != nil {
		t.Fatal(err)
	}
	if may.Status.Allowed {
		t.Error("an account without a role may list Secrets")
	}
}
