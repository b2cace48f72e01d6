using Microsoft.Azure.Commands.Common.Authentication.Abstractions.Core;

// The types of Az in the parameters and the output of Connect-AzAccount, as far as the tests need them.

namespace Microsoft.Azure.Commands.Profile.Common
{
    public enum ContextModificationScope
    {
        Process,
        CurrentUser,
    }
}

namespace Microsoft.Azure.Commands.Common.Authentication.Abstractions.Core
{
    public interface IAzureContextContainer
    {
    }
}

namespace Microsoft.Azure.Commands.Profile.Models.Core
{
    public sealed class PSAzureProfile : IAzureContextContainer
    {
        public PSAzureContext Context { get; } = new();
    }

    public sealed class PSAzureContext
    {
        public PSAzureAccount Account { get; } = new();

        public PSAzureTenant Tenant { get; } = new();

        public PSAzureSubscription Subscription { get; } = new();
    }

    public sealed class PSAzureAccount
    {
        public string? Id { get; set; }

        public string? Type { get; set; }
    }

    public sealed class PSAzureTenant
    {
        public string? Id { get; set; }
    }

    public sealed class PSAzureSubscription
    {
        public string? Id { get; set; }
    }
}
